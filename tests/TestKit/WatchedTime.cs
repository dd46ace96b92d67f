using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Berth.TestKit;

/// <summary>A fake clock that tells when somebody begins to wait on it, so that a test moves it neither too early nor too often.</summary>
public sealed class WatchedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

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
        WatchedTimer timer = new(base.CreateTimer(callback, state, dueTime, period), this);
        Note(dueTime);
        return timer;
    }

    private void Note(TimeSpan due)
    {
        if (due != Timeout.InfiniteTimeSpan)
            _armed.Writer.TryWrite(due);
    }

    private sealed class WatchedTimer(ITimer timer, WatchedTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool changed = timer.Change(dueTime, period);
            time.Note(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
