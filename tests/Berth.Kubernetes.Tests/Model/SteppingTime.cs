using Microsoft.Extensions.Time.Testing;

namespace Berth.Kubernetes.Model;

/// <summary>A clock that, however far it is moved, shows each timer the time that it was set to, and not the time at the end of the move.</summary>
internal sealed class SteppingTime : FakeTimeProvider
{
    private readonly PriorityQueue<DateTimeOffset, DateTimeOffset> _dues = new();

    /// <summary>Lets time pass.</summary>
    /// <param name="time">How much.</param>
    /// <param name="stepped">Called before each step of it.</param>
    public void Pass(TimeSpan time, Action stepped)
    {
        DateTimeOffset end = GetUtcNow() + time;
        while (TryTakeDue(end, out DateTimeOffset due))
        {
            if (due <= GetUtcNow())
                continue;
            stepped();
            Advance(due - GetUtcNow());
        }

        stepped();
        Advance(end - GetUtcNow());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Note(dueTime);
        return new Noted(base.CreateTimer(callback, state, dueTime, period), Note);
    }

    private bool TryTakeDue(DateTimeOffset end, out DateTimeOffset due)
    {
        lock (_dues)
            return _dues.TryPeek(out due, out _) && due < end && _dues.TryDequeue(out due, out _);
    }

    // One that is disposed of or set anew stays: the clock then stops where nothing happens.
    private void Note(TimeSpan due)
    {
        if (due < TimeSpan.Zero)
            return;
        lock (_dues)
            _dues.Enqueue(GetUtcNow() + due, GetUtcNow() + due);
    }

    private sealed class Noted(ITimer timer, Action<TimeSpan> note) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            note(dueTime);
            return timer.Change(dueTime, period);
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
