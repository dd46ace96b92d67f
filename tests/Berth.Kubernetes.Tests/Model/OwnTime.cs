namespace Berth.Kubernetes.Model;

/// <summary>The history's clock for one who waits on it, and how many waits of theirs are not over.</summary>
internal sealed class OwnTime(TimeProvider clock) : TimeProvider
{
    private int _waits;

    public bool IsWaited => Volatile.Read(ref _waits) > 0;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _waits);
        return new CountedTimer(
            clock.CreateTimer(callback, state, dueTime, period), () => Interlocked.Decrement(ref _waits), static _ => { });
    }
}
