using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Berth.TestKit;

/// <summary>A fake clock on which every wait is over at once, and written down: backoff costs a test nothing, and its delays can be looked at.</summary>
public sealed class HurriedTime : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private long _wallClockShift;
    private int _running;

    /// <summary>True to let waits wait, until the test moves the clock.</summary>
    public bool Holds { get; set; }

    /// <summary>How many timers have been made and not yet disposed of.</summary>
    public int Timers => Volatile.Read(ref _running);

    /// <summary>All waits so far, in order.</summary>
    public IReadOnlyCollection<TimeSpan> Waits => _waits;

    /// <summary>How far the wall clock was set away from the time that really passed.</summary>
    public TimeSpan WallClockShift
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _wallClockShift));
        set => Volatile.Write(ref _wallClockShift, value.Ticks);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + WallClockShift;

    /// <inheritdoc/>
    // The base takes it from GetUtcNow, which here can jump.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _running);
        CountedTimer timer = new(base.CreateTimer(callback, state, dueTime, period), () => Interlocked.Decrement(ref _running), static _ => { });
        if (dueTime <= TimeSpan.Zero)
            return timer;
        _waits.Enqueue(dueTime);
        // Not from here: the caller does not have its timer yet.
        if (!Holds)
            ThreadPool.UnsafeQueueUserWorkItem(_ => Advance(dueTime), null);
        return timer;
    }
}
