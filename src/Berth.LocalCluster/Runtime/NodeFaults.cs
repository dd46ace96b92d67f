using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// A node that is gone, and back: what its agent, and the control plane's node controller, do about it. A real control plane notices after 40 s; this
/// one at once. After the pods' toleration (300 s) they are evicted, and hang in Terminating until the node is back or they are deleted by force.
/// </summary>
internal sealed class NodeFaults(ObjectOperations operations, Kubelet kubelet, TimeProvider time) : IAsyncDisposable
{
    private const string Unreachable = "node.kubernetes.io/unreachable";
    private static readonly TimeSpan s_toleration = TimeSpan.FromSeconds(300);
    private readonly ObjectStore _store = operations.Store;
    private readonly Dictionary<string, ITimer> _evictions = new(StringComparer.Ordinal);

    public void Stop(string name)
    {
        StoredObject node = _store.Get(KindTable.Node, null, name);
        kubelet.StopNode(name);
        _store.Update(node, body =>
        {
            NodeObjects.SetReady(body.Child("status"), false, time);
            body.Child("spec")["taints"] = new JsonArray(Taint("NoSchedule"), Taint("NoExecute"));
        });
        foreach (StoredObject pod in PodsOf(name))
            _store.Update(pod, body => PodStatus.SetCondition(body.Child("status"), "Ready", false, time, "NodeNotReady", "Node is not ready"));
        lock (_evictions)
            _evictions.TryAdd(name, time.CreateTimer(_ => Evict(name), null, s_toleration, Timeout.InfiniteTimeSpan));
    }

    public void Start(string name)
    {
        StoredObject node = _store.Get(KindTable.Node, null, name);
        lock (_evictions)
        {
            if (_evictions.Remove(name, out ITimer? timer))
                timer.Dispose();
        }

        _store.Update(node, body =>
        {
            NodeObjects.SetReady(body.Child("status"), true, time);
            body.Child("spec").Remove("taints");
        });
        kubelet.StartNode(name);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ITimer timer in _evictions.Values)
            await timer.DisposeAsync().ConfigureAwait(false);
    }

    private void Evict(string name)
    {
        foreach (StoredObject pod in PodsOf(name).Where(pod => !pod.Body.IsTerminating()))
        {
            try
            {
                operations.Delete(KindTable.Pod, pod.Namespace, pod.Name, new DeleteOptions(Uid: pod.Uid));
            }
            catch (ApiException fault) when (fault.Code is 404 or 409)
            {
                // It went by itself.
            }
        }
    }

    private IEnumerable<StoredObject> PodsOf(string node) => _store.List(KindTable.Pod).Where(pod => pod.Body.Text("spec", "nodeName") == node);

    private JsonObject Taint(string effect) => new() { ["key"] = Unreachable, ["effect"] = effect, ["timeAdded"] = time.Timestamp() };
}
