using Berth.LocalCluster.Controllers;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// The agent of all nodes. It runs a worker for each bound pod, ends the worker with the pod, and removes the pod when its worker has
/// ended.
/// </summary>
internal sealed class Kubelet(ObjectStore store, KubeletContext context) : IController, IAsyncDisposable
{
    /// <summary>
    /// A deleted pod stays at least this long. If its successor came faster, it could come between two requests of kubectl delete, which
    /// then never ends. A real kubelet is slower.
    /// </summary>
    private static readonly TimeSpan s_minEnd = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentDictionary<string, (PodWorker Worker, Task Running)> _workers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _stoppedNodes = new(StringComparer.Ordinal);
    private readonly Lock _reconciling = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The addresses of this cluster's pods.</summary>
    public PodAddresses Addresses { get; private set; } = new(0);

    /// <summary>Sets the addresses, which follow from the API's port. Call it before any pod starts.</summary>
    public void Start(int apiPort) => Addresses = new PodAddresses(apiPort);

    public PodWorker? Find(string uid) => _workers.TryGetValue(uid, out (PodWorker Worker, Task Running) entry) ? entry.Worker : null;

    public int? ProcessOf(string uid) =>
        Find(uid)?.Containers.Select(container => container.ProcessId).FirstOrDefault(id => id is not null);

    /// <summary>The node is stopped: its processes end, and its pods are neither started nor reported until it is back.</summary>
    public void StopNode(string node)
    {
        _stoppedNodes[node] = true;
        foreach ((PodWorker worker, _) in _workers.Values.Where(entry => entry.Worker.Node == node))
            worker.Freeze();
    }

    public void StartNode(string node)
    {
        _stoppedNodes.TryRemove(node, out _);
        foreach ((PodWorker worker, _) in _workers.Values.Where(entry => entry.Worker.Node == node))
            worker.Thaw();
        foreach (StoredObject pod in store.List(KindTable.Pod).Where(pod => pod.NodeName == node))
            Reconcile(pod.Namespace, pod.Name);
    }

    /// <summary>Ends every pod: asks its processes to end, and kills them when the time is over.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach ((PodWorker worker, _) in _workers.Values)
        {
            worker.Thaw();
            worker.Stop(grace);
        }

        await Task.WhenAll(_workers.Values.Select(entry => entry.Running)).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        _stopping.Dispose();
    }

    public IEnumerable<string> Affected(Change change) => change.Kind == KindTable.Pod ? [change.Last.Key]
        : change.Kind == KindTable.ConfigMap || change.Kind == KindTable.Secret
            ? WithStaleVolumes(change.Last.Namespace)
        : change.Kind != KindTable.Node ? []
        : [
            .. store.List(KindTable.Pod).Where(pod => pod.NodeName == change.Last.Name).Select(pod => pod.Key),

            // A pod may have been removed without a change that we saw.
            .. _workers.Values.Where(entry => entry.Worker.Node == change.Last.Name).Select(entry => entry.Worker.Key),
        ];

    /// <summary>Returns the pods whose volumes may have to follow their objects.</summary>
    private List<string> WithStaleVolumes(string? @namespace)
    {
        List<PodWorker> workers =
            [.. _workers.Values.Select(static entry => entry.Worker).Where(worker => worker.Namespace == @namespace)];
        workers.ForEach(static worker => worker.MarkVolumesStale());
        return workers.ConvertAll(static worker => worker.Key);
    }

    public void Reconcile(string? @namespace, string name)
    {
        using Lock.Scope scope = _reconciling.EnterScope();
        string key = ResourceKind.Key(@namespace, name);
        StoredObject? pod = store.Find(KindTable.Pod, @namespace, name);
        foreach ((string uid, (PodWorker worker, Task running))
            in _workers.Where(entry => entry.Key != pod?.Uid && entry.Value.Worker.Key == key))
        {
            worker.Kill();
            if (running.IsCompleted)
                _workers.TryRemove(uid, out _);
        }

        if (pod is null || _stoppedNodes.ContainsKey(pod.NodeName ?? ""))
            return;
        if (!_workers.TryGetValue(pod.Uid, out (PodWorker Worker, Task Running) entry))
        {
            bool ended = pod.Body.Text("status", "phase") is "Succeeded" or "Failed"
                || pod.Body.Number("metadata", "deletionGracePeriodSeconds") == 0;
            if (!ended && pod.NodeName is { } node && store.Find(KindTable.Node, null, node) is { } host)
                Begin(pod, PodAddresses.InternalOf(host.Body));
        }
        else if (pod.Body.IsTerminating())
        {
            entry.Worker.Stop(LongWait.Seconds(pod.Body.Number("metadata", "deletionGracePeriodSeconds") ?? 30));
        }
        else
        {
            entry.Worker.RefreshVolumes();
        }
    }

    private void Begin(StoredObject pod, string host)
    {
        bool shared = pod.Body.Flag("spec", "hostNetwork");
        PodWorker worker = new(pod, context, store, (host, shared ? host : Addresses.Take()));
        Task<Task> running = new(() => RunAsync(pod, worker, shared));
        _workers[pod.Uid] = (worker, running.Unwrap());
        running.Start(TaskScheduler.Default);
    }

    private async Task RunAsync(StoredObject pod, PodWorker worker, bool shared)
    {
        await worker.RunAsync().ConfigureAwait(false);
        bool deleted = store.Find(KindTable.Pod, pod.Namespace, pod.Name) is not { } now || now.Uid != pod.Uid || now.Body.IsTerminating();
        if (deleted)
        {
            await Task.Delay(s_minEnd, context.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            store.Remove(pod);
            _workers.TryRemove(pod.Uid, out _);
        }

        if (!shared)
            Addresses.Return(worker.Address);
    }
}
