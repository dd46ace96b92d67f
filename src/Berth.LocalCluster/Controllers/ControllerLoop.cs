using Berth.LocalCluster.Diagnostics;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Runs the controllers, one reconciliation after the other: they never race, and a change is answered within the same moment.
/// </summary>
internal sealed class ControllerLoop(
    ObjectStore store, IReadOnlyList<IController> controllers, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
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
        while (true)
        {
            foreach (Change change in ReadAfter(ref version))
                EnqueueAffected(change);
            while (_due.TryPeek(out _, out DateTimeOffset at) && at <= time.GetUtcNow())
                Enqueue(_due.Peek().Controller, _due.Dequeue().Key);

            // What failed stays queued and is tried again, with all that happened meanwhile.
            Task next = Drain() ? Task.Delay(TimeSpan.FromSeconds(1), time, _stopping.Token) : store.WaitAsync(version, _stopping.Token);
            if (_due.TryPeek(out _, out DateTimeOffset soon))
                await time.UntilAsync(next, soon - time.GetUtcNow(), _stopping.Token).ConfigureAwait(false);
            else
                await next.ConfigureAwait(false);
            _stopping.Token.ThrowIfCancellationRequested();
        }
    }

    private void EnqueueAffected(Change change)
    {
        foreach (IController controller in controllers)
        {
            foreach (string key in controller.Affected(change))
                Enqueue(controller, key);
        }
    }

    /// <summary>The changes since; everything, where they are not all known: so at the beginning.</summary>
    private IReadOnlyList<Change> ReadAfter(ref long version)
    {
        try
        {
            return store.ReadAfter(version, out version);
        }
        catch (ApiException exception) when (exception.Code == 410)
        {
            version = store.Version;
            return [.. KindTable.All.SelectMany(kind => store.List(kind)).Select(item => new Change(item.Version, item, item, item))];
        }
    }

    private void Enqueue(IController controller, string key)
    {
        if (_queued.Add((controller, key)))
            _queue.Enqueue((controller, key));
    }

    private bool Drain()
    {
        bool failed = false;
        for (int left = _queue.Count; left > 0; left--)
        {
            (IController controller, string key) = _queue.Dequeue();
            _queued.Remove((controller, key));
            int slash = key.IndexOf('/', StringComparison.Ordinal);
            try
            {
                controller.Reconcile(slash == 0 ? null : key[..slash], key[(slash + 1)..]);
                if (controller.Due is { } at)
                    _due.Enqueue((controller, key), at);
            }
            catch (ApiException exception) when (exception.Code is 404 or 409)
            {
                // It changed under our feet; the change itself brings it back here.
            }
            catch (Exception exception)
            {
                Log.ReconcileFailed(logger, exception, controller.GetType().Name, key);
                failed = true;
                Enqueue(controller, key);
            }
        }

        return failed;
    }
}
