using System.Globalization;
using Berth.LocalCluster.Api;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster;

/// <summary>The pods as people watch them.</summary>
internal sealed class PodObserver(ObjectStore store, Func<string, int?> processOf)
{
    public IReadOnlyList<PodSummary> Read() =>
    [
        .. store.List(KindTable.Pod).Select(Summarise)
            .OrderBy(pod => pod.Namespace, StringComparer.Ordinal)
            .ThenBy(pod => pod.Name, StringComparer.Create(CultureInfo.InvariantCulture, CompareOptions.NumericOrdering)),
    ];

    public static bool Same(IReadOnlyList<PodSummary> before, IReadOnlyList<PodSummary> after) =>
        before.Count == after.Count && before.Zip(after).All(pair => pair.First with { Labels = pair.Second.Labels } == pair.Second);

    private PodSummary Summarise(StoredObject pod) => new(
        pod.Namespace!,
        pod.Name,
        pod.Uid,
        pod.Body.Text("spec", "nodeName"),
        pod.Body.Text("status", "podIP"),
        pod.Body.Text("status", "phase") ?? "Pending",
        TableColumns.PodState(pod.Body),
        pod.Body.IsReady(),
        pod.Body.IsTerminating(),
        TableColumns.RestartCount(pod.Body),
        processOf(pod.Uid),
        pod.Body.Map("metadata", "labels").ToDictionary(StringComparer.Ordinal));
}
