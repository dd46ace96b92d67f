using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Recorded;

/// <summary>What the recorded cluster was put through, again: three pods of service-b, and what then happened to them, step by step.</summary>
internal static class RecordedLife
{
    public const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";
    public const string Watch = Slices + "?labelSelector=kubernetes.io%2Fservice-name%3Dservice-b&watch=1&timeoutSeconds=1";
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";
    private const string Set = "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b";

    /// <summary>watch-life, up to the deletion of the Service. Returns the version it begins at.</summary>
    public static async Task<string> PlayAsync(TestCluster test)
    {
        await ReadyAsync(test, 3);
        (_, JsonNode list) = await test.GetAsync(Slices);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 5);
        await ReadyAsync(test, 5);
        test.Cluster.Delete("pod", TestCluster.Namespace, "service-b-1");
        await ReadyAsync(test, 4);
        await ReadyAsync(test, 5);
        foreach (string ready in (string[])["False", "True"])
        {
            string patch = $$$"""{"status":{"conditions":[{"type":"Ready","status":"{{{ready}}}"}]}}""";
            await test.SendAsync(HttpMethod.Patch, Pods + "/service-b-2/status", patch, "application/strategic-merge-patch+json");
            await ReadyAsync(test, ready == "True" ? 5 : 4);
        }

        await test.SendAsync(HttpMethod.Patch, Set, """{"spec":{"template":{"metadata":{"annotations":{"restarted":"yes"}}}}}""", "application/strategic-merge-patch+json");
        await test.WaitForAsync(Set, set => (string?)set["status"]!["currentRevision"] == (string?)set["status"]!["updateRevision"] && (int?)set["metadata"]!["generation"] == (int?)set["status"]!["observedGeneration"]);
        await ReadyAsync(test, 5);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 0);
        await test.WaitForAsync(Slices, slices => slices["items"]![0]!["endpoints"] is null);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 2);
        await ReadyAsync(test, 2);
        test.Cluster.Delete("svc", TestCluster.Namespace, "service-b");
        await test.WaitForAsync(Slices, slices => slices["items"]!.AsArray().Count == 0);
        return (string)list["metadata"]!["resourceVersion"]!;
    }

    /// <summary>Waits for so many endpoints to be ready.</summary>
    public static Task<JsonNode> ReadyAsync(TestCluster test, int count) => test.WaitForAsync(Slices, slices =>
        slices["items"]!.AsArray().SelectMany(slice => slice!["endpoints"] as JsonArray ?? []).Count(endpoint => (bool)endpoint!["conditions"]!["ready"]!) == count);

    public static async Task<JsonArray> EventsAsync(TestCluster test, string path)
    {
        JsonArray events = [];
        await foreach (JsonNode item in test.WatchAsync(path))
            events.Add(item);
        return events;
    }
}
