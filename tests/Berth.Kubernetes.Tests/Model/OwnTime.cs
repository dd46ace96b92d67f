namespace Berth.Kubernetes.Model;

/// <summary>The clock of the history for one user of it. It counts the waits of that user that are not over.</summary>
/// <remarks>
/// A wait ends at its time, not when its timer is removed: the waiting code continues inside the timer's call, and on a separate thread if
/// another thread was running the clock's timers when the clock moved.
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
        return new CountedTimer(clock.CreateTimer(Wake, state, dueTime, period), _ => End(), static (_, _) => { });
    }
}
