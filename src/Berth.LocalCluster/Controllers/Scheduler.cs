using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Objects;
using Berth.LocalCluster.Selectors;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Controllers;

/// <summary>
/// Binds each pod to a node: of the nodes that fit, the one with the fewest pods of the same set, so that ordinals spread in order. A host
/// port is used once on a node, and a node selector must match.
/// </summary>
internal sealed class Scheduler(ObjectStore store, EventRecorder events, TimeProvider time) : IController
{
    private const string PortTaken = "node(s) didn't have free ports for the requested pod ports";
    private const string Zone = "topology.kubernetes.io/zone";

    /// <summary>A pod that waits for a node may fit after a pod ends, a node changes or its claim is created.</summary>
    public IEnumerable<string> Affected(Change change)
    {
        if (change.Kind == KindTable.Pod && change.After is { } pod)
            return pod.Body.Text("spec", "nodeName") is null ? [pod.Key] : [];
        return change.Kind == KindTable.Node || change.Kind == KindTable.Pod || change.Kind == StoredKinds.PersistentVolumeClaim
            ? store.List(KindTable.Pod).Where(waiting => waiting.NodeName is null).Select(waiting => waiting.Key)
            : [];
    }

    public void Reconcile(string? @namespace, string name)
    {
        if (store.Find(KindTable.Pod, @namespace, name) is not { } pod
            || pod.Body.Text("spec", "nodeName") is not null
            || pod.Body.IsTerminating())
        {
            return;
        }

        IReadOnlyList<StoredObject> pods = store.List(KindTable.Pod);
        IReadOnlyList<StoredObject> nodes = store.List(KindTable.Node);
        if (nodes.Count > 0 && MissingClaim(pod) is { } claim)
        {
            Wait(pod, Unschedulable(nodes.Count, $"persistentvolumeclaim \"{claim}\" not found", [.. nodes.Select(static _ => "")]));
            return;
        }

        bool IsOfSameSet(StoredObject other) => pod.Owners.Count == 0 || other.Owners.Contains(pod.Owners[0], StringComparer.Ordinal);
        Dictionary<string, int> load = pods
            .Where(other => other.NodeName is not null && IsOfSameSet(other))
            .CountBy(other => other.NodeName!)
            .ToDictionary(StringComparer.Ordinal);
        List<(StoredObject Node, string? Obstacle)> tried = [.. nodes.Select(node => (node, Obstacle(pod.Body, node, pods)))];
        IEnumerable<StoredObject> fitting = tried.Where(entry => entry.Obstacle is null).Select(entry => entry.Node);
        if (fitting.MinBy(node => load.GetValueOrDefault(node.Name)) is not { } best)
        {
            List<string> obstacles = [.. tried.Select(entry => entry.Obstacle!)];
            Wait(pod, nodes.Count == 0
                ? "no nodes available to schedule pods"
                : Unschedulable(nodes.Count, Counted(obstacles), obstacles));
            return;
        }

        store.UpdateStatus(pod, FieldOwners.ByScheduler, time, body =>
        {
            body.Child("spec")["nodeName"] = best.Name;
            if (best.Body.Text("metadata", "labels", Zone) is { } zone)
                body.Child("metadata").Child("labels")[Zone] = zone;
            PodStatus.SetCondition(body.Child("status"), "PodScheduled", true, time);
        }, binding: true);
        string assigned = $"Successfully assigned {pod.Namespace}/{pod.Name} to {best.Name}";
        events.Record(pod.Body, "Normal", "Scheduled", assigned, "default-scheduler");
    }

    /// <summary>Records why a pod has no node yet.</summary>
    private void Wait(StoredObject pod, string message)
    {
        StoredObject waiting = store.UpdateStatus(
            pod,
            FieldOwners.ByScheduler,
            time,
            body => PodStatus.SetCondition(body.Child("status"), "PodScheduled", false, time, "Unschedulable", message));
        if (waiting.Version != pod.Version)
            events.Record(pod.Body, "Warning", "FailedScheduling", message, "default-scheduler");
    }

    /// <summary>Returns the first claim of a pod that does not exist, or null.</summary>
    private string? MissingClaim(StoredObject pod) => pod.Body.Items("spec", "volumes")
        .Select(static volume => volume.Text("persistentVolumeClaim", "claimName"))
        .FirstOrDefault(claim => claim is not null && store.Find(StoredKinds.PersistentVolumeClaim, pod.Namespace, claim) is null);

    /// <summary>
    /// Returns the reason why a pod does not fit on a node, or null if it fits. The words and the order of the checks are those of a real
    /// scheduler.
    /// </summary>
    private static string? Obstacle(JsonObject pod, StoredObject node, IReadOnlyList<StoredObject> pods)
    {
        if (node.Body.Flag("spec", "unschedulable"))
            return "node(s) were unschedulable";
        if (node.Body.Items("spec", "taints").Any(taint => taint.Text("effect") != "PreferNoSchedule" && !IsTolerated(pod, taint)))
            return "node(s) had untolerated taint(s)";
        if (!LabelSelector.FromMap(pod.At("spec", "nodeSelector")).Matches(node.Body))
            return "node(s) didn't match Pod's node affinity/selector";
        HashSet<(long Port, string? Protocol)> asked = [.. HostPorts(pod)];
        IEnumerable<StoredObject> others = pods.Where(other => other.NodeName == node.Name);
        return asked.Count > 0 && others.SelectMany(other => HostPorts(other.Body)).Any(asked.Contains) ? PortTaken : null;
    }

    /// <summary>True when a toleration of a pod fits a taint of a node.</summary>
    public static bool Tolerates(JsonObject toleration, JsonObject taint) =>
        toleration.Text("key") is var key
        && (string.IsNullOrEmpty(key) || key == taint.Text("key"))
        && (toleration.Text("effect") ?? taint.Text("effect")) == taint.Text("effect")
        && (toleration.Text("operator") == "Exists" || (toleration.Text("value") ?? "") == (taint.Text("value") ?? ""));

    private static bool IsTolerated(JsonObject pod, JsonObject taint) =>
        pod.Items("spec", "tolerations").Any(toleration => Tolerates(toleration, taint));

    private static string Unschedulable(int nodes, string why, List<string> obstacles)
    {
        static string Preemption(string reason) =>
            reason == PortTaken ? "No preemption victims found for incoming pod" : "Preemption is not helpful for scheduling";
        return $"0/{nodes} nodes are available: {why}. no new claims to deallocate, "
            + $"preemption: 0/{nodes} nodes are available: {Counted(obstacles.Select(Preemption))}.";
    }

    private static string Counted(IEnumerable<string> reasons) => string.Join(
        ", ", reasons.CountBy(reason => reason).Select(entry => $"{entry.Value} {entry.Key}").Order(StringComparer.Ordinal));

    private static IEnumerable<(long Port, string? Protocol)> HostPorts(JsonObject pod) => pod
        .Items("spec", "containers")
        .SelectMany(container => container.Items("ports"))
        .Where(port => port.Number("hostPort") is not null)
        .Select(port => (port.Number("hostPort")!.Value, port.Text("protocol")));
}
