namespace Berth.Dispatcher.Tests.Seats.Histories;

/// <summary>
/// The system's clock with pauses of a twentieth: the pauses of a dispatcher cost a test little. Limits do not end, unless a test is about
/// one: a thread that stands still for a moment must not make a desk silent.
/// </summary>
/// <param name="endsLimits">True when limits end too, after a twentieth of their time.</param>
internal sealed class ScaledTime(bool endsLimits = false) : TimeProvider
{
    private const int Divisor = 20;

    // The longest pause is that of a link between two attempts. A desk's silence is 6 s, and all other limits are longer.
    private static readonly TimeSpan s_maxPause = TimeSpan.FromSeconds(5);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ScaledTimer(this, System.CreateTimer(callback, state, Scale(dueTime), Scale(period)));

    private TimeSpan Scale(TimeSpan wait) =>
        wait <= TimeSpan.Zero ? wait : wait <= s_maxPause || endsLimits ? wait / Divisor : Timeout.InfiniteTimeSpan;

    private sealed class ScaledTimer(ScaledTime time, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Scale(dueTime), time.Scale(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
