namespace Berth.Dispatcher.Tests.Seats.Histories;

/// <summary>The system's clock with waits of a twentieth: what a dispatcher waits for costs a history little.</summary>
internal sealed class ScaledTime : TimeProvider
{
    private const int Divisor = 20;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ScaledTimer(System.CreateTimer(callback, state, Scale(dueTime), Scale(period)));

    private static TimeSpan Scale(TimeSpan wait) => wait > TimeSpan.Zero ? wait / Divisor : wait;

    private sealed class ScaledTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Scale(dueTime), Scale(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
