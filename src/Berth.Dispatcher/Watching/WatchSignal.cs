using System.Threading.Tasks.Sources;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// Wakes one waiting watcher when there is news for it. News that arrives while it is busy is not lost and does not add up. Waiting
/// allocates nothing, because a change may wake ten thousand watchers.
/// </summary>
internal abstract class WatchSignal : IValueTaskSource
{
    private const int None = 0;
    private const int Told = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Ends the current wait, or the next one. Safe from any thread.</summary>
    public void Wake()
    {
        bool waited = Interlocked.CompareExchange(ref _state, Told, None) == Waiting;
        if (waited && Interlocked.CompareExchange(ref _state, None, Waiting) == Waiting)
            _source.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Waits for news since the last wait. For one waiter, which awaits the result before the next call.</summary>
    protected ValueTask WaitAsync()
    {
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, None) == None)
            return new ValueTask(this, _source.Version);
        // An exchange, not a write: the waiter reads next, so it sees all news until here, and later news sets the state again.
        Interlocked.Exchange(ref _state, None);
        return ValueTask.CompletedTask;
    }
}
