using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Berth.TestKit;

/// <summary>A fake clock that tells when somebody begins to wait on it, so that a test moves it neither too early nor too often.</summary>
public sealed class WatchedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();
    private long _wallClockShift;
    private int _running;

    /// <summary>How far the wall clock was set away from the time that really passed.</summary>
    public TimeSpan WallClockShift
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _wallClockShift));
        set => Volatile.Write(ref _wallClockShift, value.Ticks);
    }

    /// <summary>How many timers have been made and not yet disposed of.</summary>
    public int Timers => Volatile.Read(ref _running);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + WallClockShift;

    /// <inheritdoc/>
    // The base takes it from GetUtcNow, which here can jump.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <summary>Waits until a timer is set to a duration that satisfies a condition, and gives the duration.</summary>
    public async Task<TimeSpan> WaitForTimerAsync(Func<TimeSpan, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan due = await _armed.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(Patience.Limit, cancellationToken);
            if (condition(due))
                return due;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        CountedTimer timer = new(base.CreateTimer(callback, state, dueTime, period), () => Interlocked.Decrement(ref _running), Note);
        Interlocked.Increment(ref _running);
        Note(dueTime);
        return timer;
    }

    private void Note(TimeSpan due)
    {
        if (due != Timeout.InfiniteTimeSpan)
            _armed.Writer.TryWrite(due);
    }
}
