using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Recorded;

/// <summary>260 pods, as they were recorded.</summary>
internal static class ManyPods
{
    public const string Slices = RecordedLife.Slices + "?labelSelector=kubernetes.io%2Fservice-name%3Dmany";

    /// <summary>Applied when the pods exist, so that they fill the slices in the order of their ordinals.</summary>
    public const string Service = """
        apiVersion: v1
        kind: Service
        metadata: { name: many, namespace: k8s-example2 }
        spec: { clusterIP: None, selector: { app: many }, ports: [{ port: 20000 }] }
        """;

    public const string StatefulSet = """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: many, namespace: k8s-example2 }
        spec:
          replicas: 260
          serviceName: many
          podManagementPolicy: Parallel
          selector: { matchLabels: { app: many } }
          template: { metadata: { labels: { app: many } }, spec: { hostNetwork: true, containers: [{ name: c, image: many }] } }
        """;

    /// <summary>Waits for this number of endpoints, all ready.</summary>
    public static async Task<(HttpStatusCode Status, JsonNode Body)> WaitAsync(TestCluster test, int count)
    {
        static int Count(JsonNode list) =>
            list["items"]!.AsArray().Sum(slice => (slice!["endpoints"] as JsonArray)?.Count ?? 0);
        JsonNode body = await test.WaitForAsync(
            Slices, list => Count(list) == count && TestCluster.CountReady(list) == count);
        return (HttpStatusCode.OK, body);
    }

    /// <summary>Restarts the set, and waits until this number of pods, from the highest ordinal, is new and ready in the slices.</summary>
    public static async Task RestartAsync(TestCluster test, int count)
    {
        const string set = "/apis/apps/v1/namespaces/k8s-example2/statefulsets/many";
        HashSet<string> before = Ready((await test.GetAsync(Slices)).Body);
        await test.PatchAsync(set, """{"spec":{"template":{"metadata":{"annotations":{"restarted":"yes"}}}}}""");
        await test.WaitForAsync(Slices, list => Ready(list).Except(before).Count() >= count);
    }

    /// <summary>The UIDs of the pods that the slices show as ready.</summary>
    private static HashSet<string> Ready(JsonNode list) =>
    [
        .. list["items"]!.AsArray().SelectMany(slice => slice!["endpoints"] as JsonArray ?? [])
            .Where(endpoint => (bool)endpoint!["conditions"]!["ready"]!).Select(endpoint => (string)endpoint!["targetRef"]!["uid"]!),
    ];
}
