using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Recorded;

/// <summary>
/// Repeats the steps of the recorded cluster: three pods of service-b, and the same events, step by step.
/// </summary>
internal static class RecordedLife
{
    public const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";
    public const string OfServiceB = Slices + "?labelSelector=kubernetes.io%2Fservice-name%3Dservice-b";
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";
    private const string Set = "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b";

    /// <summary>watch-life, up to the deletion of the Service. Returns the version it begins at.</summary>
    public static async Task<string> PlayAsync(TestCluster test)
    {
        await ReadyAsync(test, 3);
        (_, JsonNode list) = await test.GetAsync(Slices);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 5);
        await ReadyAsync(test, 5);
        await ReplaceAsync(test, "service-b-1", 5);
        foreach (string ready in (string[])["False", "True"])
        {
            string patch = $$$"""{"status":{"conditions":[{"type":"Ready","status":"{{{ready}}}"}]}}""";
            await test.PatchAsync(Pods + "/service-b-2/status", patch);
            await ReadyAsync(test, ready == "True" ? 5 : 4);
        }

        await test.PatchAsync(Set, """{"spec":{"template":{"metadata":{"annotations":{"restarted":"yes"}}}}}""");
        static bool IsDone(JsonNode set) =>
            (string?)set["status"]!["currentRevision"] == (string?)set["status"]!["updateRevision"]
            && (int?)set["metadata"]!["generation"] == (int?)set["status"]!["observedGeneration"];
        await test.WaitForAsync(Set, IsDone);
        await ReadyAsync(test, 5);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 0);
        await test.WaitForAsync(Slices, slices => slices["items"]![0]!["endpoints"] is null);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 2);
        await ReadyAsync(test, 2);
        test.Cluster.Delete("svc", TestCluster.Namespace, "service-b");
        await test.WaitForAsync(Slices, slices => slices["items"]!.AsArray().Count == 0);
        return (string)list["metadata"]!["resourceVersion"]!;
    }

    /// <summary>Waits for this number of ready endpoints of the presently ready pods: a slice may still have the earlier pods.</summary>
    public static Task<JsonNode> ReadyAsync(TestCluster test, int count) => test.WaitForAsync(OfServiceB, slices =>
    {
        HashSet<string> shown = [.. slices["items"]!.AsArray().SelectMany(slice => slice!["endpoints"] as JsonArray ?? [])
            .Where(endpoint => (bool)endpoint!["conditions"]!["ready"]!).Select(endpoint => (string)endpoint!["targetRef"]!["uid"]!)];
        return shown.Count == count && shown.SetEquals(test.Cluster.Pods.Where(IsReady).Select(pod => pod.Uid));
    });

    /// <summary>
    /// Deletes a pod, and waits until its successor is shown too. A watch from before shows the pod end; to look for that now could come
    /// too late.
    /// </summary>
    public static async Task ReplaceAsync(TestCluster test, string pod, int count)
    {
        string before = test.Cluster.Pods.Single(other => other.Name == pod).Uid;
        test.Cluster.Delete("pod", TestCluster.Namespace, pod);
        await test.WaitAsync(pods => pods.Any(other => other.Name == pod && other.Uid != before));
        await ReadyAsync(test, count);
    }

    private static bool IsReady(PodSummary pod) =>
        pod.Ready && !pod.Terminating && pod.Name.StartsWith("service-b-", StringComparison.Ordinal);
}
