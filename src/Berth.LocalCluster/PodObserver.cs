using System.Runtime.CompilerServices;
using Berth.LocalCluster.Api;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster;

/// <summary>Shows the pods to people and tests.</summary>
internal sealed class PodObserver(ObjectStore store, Func<string, int?> processOf)
{
    /// <summary>A summary is kept as long as its version of the pod.</summary>
    private readonly ConditionalWeakTable<StoredObject, PodSummary> _known = [];

    public IReadOnlyList<PodSummary> Read() =>
    [
        .. store.List(KindTable.Pod)
            .Select(pod => WithProcess(_known.GetValue(pod, Summarise)))
            .OrderBy(pod => pod.Namespace, StringComparer.Ordinal)
            .ThenBy(pod => pod.Name, ResourceKind.ByNumber),
    ];

    public static bool Same(IReadOnlyList<PodSummary> before, IReadOnlyList<PodSummary> after) =>
        before.Count == after.Count && before.Zip(after).All(pair => pair.First with { Labels = pair.Second.Labels } == pair.Second);

    private PodSummary WithProcess(PodSummary pod)
    {
        int? process = processOf(pod.Uid);
        return process == pod.ProcessId ? pod : pod with { ProcessId = process };
    }

    private static PodSummary Summarise(StoredObject pod) => new(
        pod.Namespace!,
        pod.Name,
        pod.Uid,
        pod.NodeName,
        pod.Body.Text("status", "podIP"),
        pod.Body.Text("status", "phase") ?? "Pending",
        TableColumns.PodState(pod.Body),
        pod.Body.IsReady(),
        pod.Body.IsTerminating(),
        TableColumns.RestartCount(pod.Body),
        null,
        pod.Body.Map("metadata", "labels").ToDictionary(StringComparer.Ordinal));
}
