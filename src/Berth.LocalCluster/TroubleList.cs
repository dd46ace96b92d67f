using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster;

/// <summary>Finds the objects that do not match their manifests: pods that are not ready, and sets whose pods cannot be created.</summary>
internal sealed class TroubleList(ObjectStore store)
{
    public IReadOnlyList<ClusterTrouble> Read()
    {
        List<StoredObject> pods = [.. store.List(KindTable.Pod).Where(static pod =>
            !pod.Body.IsReady() && !pod.Body.IsTerminating() && pod.Body.Text("status", "phase") != "Succeeded")];
        List<StoredObject> sets = [.. new[] { KindTable.StatefulSet, KindTable.DaemonSet, KindTable.ReplicaSet }
            .SelectMany(kind => store.List(kind)).Where(LacksPods)];
        if (pods.Count == 0 && sets.Count == 0)
            return [];
        Dictionary<string, JsonObject> warnings = new(StringComparer.Ordinal);
        foreach (StoredObject warning in store.List(KindTable.Event).Where(static item => item.Body.Text("type") == "Warning"))
            warnings[warning.Body.Text("involvedObject", "uid") ?? ""] = warning.Body;
        return
        [
            .. sets.Where(set => warnings.GetValueOrDefault(set.Uid).Text("reason") == "FailedCreate")
                .Select(set => New(set, "FailedCreate", warnings[set.Uid].Text("message"))),
            .. pods.OrderBy(static pod => pod.Namespace, StringComparer.Ordinal).ThenBy(static pod => pod.Name, ResourceKind.ByNumber)
                .Select(pod => OfPod(pod, warnings.GetValueOrDefault(pod.Uid))),
        ];
    }

    private static bool LacksPods(StoredObject set)
    {
        long wanted = set.Body.Number("status", "desiredNumberScheduled") ?? set.Body.Number("spec", "replicas") ?? 1;
        return (set.Body.Number("status", "currentNumberScheduled") ?? set.Body.Number("status", "replicas") ?? 0) < wanted;
    }

    /// <summary>Finds the reason for a pod, in this order: it waits for a node, a container waits, its last warning.</summary>
    private static ClusterTrouble OfPod(StoredObject pod, JsonObject? warning)
    {
        if (pod.Body.Condition("PodScheduled") is { } scheduled && scheduled.Text("status") == "False")
            return New(pod, scheduled.Text("reason"), scheduled.Text("message"));
        IEnumerable<JsonObject> first = pod.Body.Items("status", "initContainerStatuses");
        foreach (JsonObject container in first.Concat(pod.Body.Items("status", "containerStatuses")))
        {
            if (container.At("state", "waiting") is { } waiting && waiting.Text("message") is { } why)
                return New(pod, waiting.Text("reason"), $"Container {container.Text("name")}: {why}{LastEnd(container)}");
            if (container.At("state", "terminated") is { } ended && ended.Number("exitCode") is > 0 and { } code)
                return New(pod, ended.Text("reason"), $"Container {container.Text("name")} ended with exit code {code}");
        }

        return warning is not null
            ? New(pod, warning.Text("reason"), warning.Text("message"))
            : New(pod, "NotReady", "");
    }

    private static string LastEnd(JsonObject container) =>
        container.Number("lastState", "terminated", "exitCode") is { } code ? $" (it ended with exit code {code})" : "";

    private static ClusterTrouble New(StoredObject item, string? reason, string? message) =>
        new(item.Kind.Kind, item.Namespace!, item.Name, reason ?? "NotReady", message ?? "");
}
