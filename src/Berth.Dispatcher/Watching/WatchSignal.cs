using System.Threading.Tasks.Sources;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// Wakes one waiting client when there is news for it. News that come while it is busy are not lost and do not add up.
/// Waiting allocates nothing: a change wakes ten thousand.
/// </summary>
internal abstract class WatchSignal : IValueTaskSource
{
    private const int None = 0;
    private const int Told = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Ends the wait, or the next one. From any thread.</summary>
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

    /// <summary>Waits for news since the last wait. For one waiter, who awaits what it gets before it asks again.</summary>
    protected ValueTask WaitAsync()
    {
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, None) == None)
            return new ValueTask(this, _source.Version);
        // An exchange and not a write: what is told from here on is either seen by the waiter, which looks next, or sets the state again.
        Interlocked.Exchange(ref _state, None);
        return ValueTask.CompletedTask;
    }
}
