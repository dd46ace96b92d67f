using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Runs the controllers, one reconciliation after the other, so that they never race and react to a change at once. A failed reconciliation
/// is repeated until it succeeds, after a wait that doubles each time. So is the look at changes that a controller fails to take in.
/// </summary>
internal sealed class ControllerLoop(
    ObjectStore store, IReadOnlyList<IController> controllers, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(10);

    /// <summary>A real queue waits up to 16 minutes. Here a person is waiting.</summary>
    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(4);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<(IController Controller, string Key), TimeSpan> _waits = [];
    private readonly Queue<(IController Controller, string Key)> _queue = new();
    private readonly HashSet<(IController Controller, string Key)> _queued = [];
    private readonly PriorityQueue<(IController Controller, string Key), DateTimeOffset> _due = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(LoopAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task LoopAsync()
    {
        long version = 0;
        TimeSpan wait = TimeSpan.Zero;
        while (true)
        {
            bool isRead = TryEnqueueAffected(ref version, isFirst: wait == TimeSpan.Zero);
            while (_due.TryPeek(out _, out DateTimeOffset at) && at <= time.GetUtcNow())
                Enqueue(_due.Peek().Controller, _due.Dequeue().Key);

            Drain();
            wait = isRead ? TimeSpan.Zero : NextWait(wait);
            Task next = isRead ? store.WaitAsync(version, _stopping.Token) : Task.Delay(wait, time, _stopping.Token);
            if (_due.TryPeek(out _, out DateTimeOffset soon))
                await time.UntilAsync(next, soon - time.GetUtcNow(), _stopping.Token).ConfigureAwait(false);
            else
                await next.ConfigureAwait(false);
            _stopping.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Enqueues everything that the changes after a version affect, and advances the version. After a failure of a controller the version
    /// stays, so that the changes are read again; the other controllers have their keys.
    /// </summary>
    private bool TryEnqueueAffected(ref long version, bool isFirst)
    {
        long upTo = version;
        bool isComplete = true;
        foreach (Change change in ReadAfter(ref upTo))
        {
            foreach (IController controller in controllers)
            {
                try
                {
                    foreach (string key in controller.Affected(change))
                        Enqueue(controller, key);
                }
                catch (Exception exception)
                {
                    if (isFirst && isComplete)
                        Log.ChangeFailed(logger, exception, controller.GetType().Name, change.Kind.Kind, change.Last.Key);
                    isComplete = false;
                }
            }
        }

        if (isComplete)
            version = upTo;
        return isComplete;
    }

    /// <summary>The changes since the last look; all objects when these are not known, as at the start.</summary>
    private IReadOnlyList<Change> ReadAfter(ref long version)
    {
        try
        {
            return store.ReadAfter(version, out version);
        }
        catch (ApiException exception) when (exception.Code == 410)
        {
            version = store.Version;
            return [.. store.Kinds.All.SelectMany(kind => store.List(kind)).Select(item => new Change(item.Version, item, item, item))];
        }
    }

    private void Enqueue(IController controller, string key)
    {
        if (_queued.Add((controller, key)))
            _queue.Enqueue((controller, key));
    }

    private void Drain()
    {
        for (int left = _queue.Count; left > 0; left--)
        {
            (IController controller, string key) = _queue.Dequeue();
            _queued.Remove((controller, key));
            int slash = key.IndexOf('/', StringComparison.Ordinal);
            try
            {
                controller.Reconcile(slash == 0 ? null : key[..slash], key[(slash + 1)..]);
                _waits.Remove((controller, key));
                if (controller.Due is { } at)
                    _due.Enqueue((controller, key), at);
            }
            catch (Exception exception)
            {
                TryAgain(controller, key, exception);
            }
        }
    }

    private void TryAgain(IController controller, string key, Exception exception)
    {
        bool again = _waits.TryGetValue((controller, key), out TimeSpan last);
        TimeSpan wait = NextWait(last);
        _waits[(controller, key)] = wait;
        _due.Enqueue((controller, key), time.GetUtcNow() + wait);

        // Objects may change while a controller works, which is normal. Any other failure is logged once, not at every attempt.
        if (!again && exception is not ApiException { Code: 404 or 409 })
            Log.ReconcileFailed(logger, exception, controller.GetType().Name, key);
    }

    private static TimeSpan NextWait(TimeSpan last) =>
        last == TimeSpan.Zero ? s_firstWait : TimeSpan.FromTicks(Math.Min(last.Ticks * 2, s_maxWait.Ticks));
}
