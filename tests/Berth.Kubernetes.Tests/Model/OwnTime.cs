namespace Berth.Kubernetes.Model;

/// <summary>The clock of the history for one user of it. It counts the waits of that user that are not over.</summary>
/// <remarks>
/// A wait is over when its time comes, not when its timer is gone: what waited goes on inside the timer's call, and on a thread of its own
/// where another thread was busy with the clock's timers as the clock moved.
/// </remarks>
internal sealed class OwnTime(TimeProvider clock) : TimeProvider
{
    private int _waits;

    public bool IsWaited => Volatile.Read(ref _waits) > 0;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        int over = 0;
        void End()
        {
            if (Interlocked.Exchange(ref over, 1) == 0)
                Interlocked.Decrement(ref _waits);
        }

        void Wake(object? woken)
        {
            End();
            callback(woken);
        }

        Interlocked.Increment(ref _waits);
        return new CountedTimer(clock.CreateTimer(Wake, state, dueTime, period), End, static _ => { });
    }
}
