using Berth.LocalCluster.Controllers;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Status;
using Berth.LocalCluster.Storage;
using Berth.LocalCluster.Timing;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Stops a node and starts it again, and does what its agent and the node controller of the control plane would do. A real control plane
/// notices a lost node after 40 s; this one at once. Each pod is evicted when its toleration ends (300 s by default), and stays in
/// Terminating until the node is back or the pod is deleted by force.
/// </summary>
internal sealed class NodeFaults(ObjectOperations operations, Kubelet kubelet, TimeProvider time) : IDisposable
{
    private const string Unreachable = "node.kubernetes.io/unreachable";
    private readonly ObjectStore _store = operations.Store;
    private readonly Dictionary<string, List<IDisposable>> _evictions = new(StringComparer.Ordinal);

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
        {
            _store.Update(
                pod, body => PodStatus.SetCondition(body.Child("status"), "Ready", false, time, "NodeNotReady", "Node is not ready"));
        }

        lock (_evictions)
        {
            IEnumerable<TimeSpan> waits = PodsOf(name).Select(Toleration).OfType<TimeSpan>().Distinct();
            if (!_evictions.ContainsKey(name))
                _evictions[name] = [.. waits.Select(wait => EvictAfter(wait, name))];
        }
    }

    public void Start(string name)
    {
        StoredObject node = _store.Get(KindTable.Node, null, name);
        lock (_evictions)
        {
            if (_evictions.Remove(name, out List<IDisposable>? alarms))
                alarms.ForEach(alarm => alarm.Dispose());
        }

        _store.Update(node, body =>
        {
            NodeObjects.SetReady(body.Child("status"), true, time);
            body.Child("spec").Remove("taints");
        });
        kubelet.StartNode(name);
    }

    public void Dispose()
    {
        lock (_evictions)
        {
            foreach (IDisposable alarm in _evictions.Values.SelectMany(alarms => alarms))
                alarm.Dispose();
        }
    }

    private IDisposable EvictAfter(TimeSpan wait, string node) => time.Alarm(wait, () => Evict(node, wait));

    /// <summary>
    /// Returns the time that a pod stays on a lost node: its shortest toleration. Null when it stays until the node is back.
    /// </summary>
    private TimeSpan? Toleration(StoredObject pod)
    {
        JsonObject taint = Taint("NoExecute");
        List<JsonObject> tolerations = [.. pod.Body.Items("spec", "tolerations")
            .Where(toleration => Scheduler.Tolerates(toleration, taint))];
        if (tolerations.Count == 0)
            return TimeSpan.Zero;
        long? seconds = tolerations.Min(toleration => toleration.Number("tolerationSeconds"));
        return seconds is { } given ? LongWait.Seconds(Math.Max(0, given)) : null;
    }

    private void Evict(string node, TimeSpan toleration)
    {
        foreach (StoredObject pod in PodsOf(node).Where(pod => !pod.Body.IsTerminating() && Toleration(pod) == toleration))
        {
            try
            {
                operations.Delete(KindTable.Pod, pod.Namespace, pod.Name, new DeleteOptions(Uid: pod.Uid));
            }
            catch (ApiException exception) when (exception.Code is 404 or 409)
            {
                // The pod has ended already.
            }
        }
    }

    private IEnumerable<StoredObject> PodsOf(string node) =>
        _store.List(KindTable.Pod).Where(pod => pod.Body.Text("spec", "nodeName") == node);

    private JsonObject Taint(string effect) => new() { ["key"] = Unreachable, ["effect"] = effect, ["timeAdded"] = time.Timestamp() };
}
