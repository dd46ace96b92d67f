using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Recorded;

/// <summary>Every recorded answer against ours. docs/local-cluster.md lists each difference there may be, with its reason; this holds it to that.</summary>
public sealed class ComparisonTests
{
    private const string Prefix = "/api/v1/namespaces/k8s-example2";
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";

    private const string Others = """
        apiVersion: v1
        kind: Service
        metadata: { name: rooms, namespace: k8s-example2, labels: { app: rooms } }
        spec: { clusterIP: None, selector: { app: rooms }, ports: [{ name: game, protocol: UDP, port: 4000 }, { name: admin, port: 5000 }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: portless, namespace: k8s-example2 }
        spec: { clusterIP: None, selector: { app: rooms } }
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: rooms, namespace: k8s-example2 }
        spec:
          replicas: 3
          serviceName: rooms
          ordinals: { start: 5 }
          selector: { matchLabels: { app: rooms } }
          template: { metadata: { labels: { app: rooms } }, spec: { hostNetwork: true, containers: [{ name: c, image: rooms }] } }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: lobby, namespace: k8s-example2 }
        spec: { selector: { app: lobby }, ports: [{ port: 8080 }] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: lobby, namespace: k8s-example2 }
        spec:
          replicas: 2
          selector: { matchLabels: { app: lobby } }
          template: { metadata: { labels: { app: lobby } }, spec: { containers: [{ name: c, image: lobby }] } }
        """;

    [Fact]
    public async Task Every_difference_stands_in_the_document_and_every_line_of_it_is_true()
    {
        DocumentedDifferences documented = DocumentedDifferences.Read();
        SortedSet<string> undocumented = new(StringComparer.Ordinal);
        await foreach ((string recording, JsonNode? ours) in AnswersAsync())
        {
            foreach ((string path, string kind) in FieldComparison.Compare(recording.StartsWith("watch", StringComparison.Ordinal) ? Lines(recording) : Recordings.Read(recording), ours))
            {
                if (!documented.Explain(recording, path, kind))
                {
                    undocumented.Add($"{recording} | {path} | {kind}");
                }
            }
        }

        Assert.True(undocumented.Count == 0, "docs/local-cluster.md does not name these differences:\n" + string.Join('\n', undocumented));
        Assert.True(documented.Unused.Count == 0, "docs/local-cluster.md names differences that are none:\n" + string.Join('\n', documented.Unused));
    }

    /// <summary>The manifest that the recorded cluster was given.</summary>
    private static string Applied(string recording) =>
        (string)Recordings.Read(recording)["metadata"]!["annotations"]!["kubectl.kubernetes.io/last-applied-configuration"]!;

    private static JsonArray Lines(string recording) => [.. Recordings.ReadLines(recording)];

    private static async IAsyncEnumerable<(string Recording, JsonNode? Ours)> AnswersAsync()
    {
        await using (TestCluster test = await StartAsync(TestManifests.All(Applied("service"), Applied("statefulset"))))
        {
            await test.WaitReadyAsync(3);
            await test.WaitForAsync(Slices, list => list["items"]![0]!["endpoints"] is JsonArray { Count: 3 } all && all.All(endpoint => (bool)endpoint!["conditions"]!["ready"]!));
            await test.WaitForAsync("/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b", set => (int?)set["status"]!["readyReplicas"] == 3);
            foreach ((string recording, string path) in ((string, string)[])
            [
                ("list-3-ready", Slices + "?labelSelector=kubernetes.io%2Fservice-name%3Dservice-b"),
                ("pods", Prefix + "/pods"),
                ("nodes", "/api/v1/nodes"),
                ("service", Prefix + "/services/service-b"),
                ("statefulset", "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b"),
                ("endpoints-legacy", Prefix + "/endpoints/service-b"),
                ("version", "/version"),
                ("discovery-api", "/api"),
                ("discovery-apis", "/apis"),
                ("discovery-core-v1", "/api/v1"),
                ("discovery-apps-v1", "/apis/apps/v1"),
                ("discovery-endpointslice-v1", "/apis/discovery.k8s.io/v1"),
                ("not-found", Slices + "/absent"),
                ("bad-label-selector", Slices + "?labelSelector=%3D%3D"),
                ("list-empty-selector", Slices + "?labelSelector=kubernetes.io%2Fservice-name%3Dabsent"),
                ("list-version-too-large", Slices + "?resourceVersion=99999999999&resourceVersionMatch=NotOlderThan"),
            ])
            {
                yield return (recording, (await test.GetAsync(path)).Body);
            }

            AuthenticationHeaderValue? administrator = test.Http.DefaultRequestHeaders.Authorization;
            test.Http.DefaultRequestHeaders.Authorization = null;
            yield return ("forbidden-anonymous", (await test.GetAsync(Slices)).Body);
            test.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
            yield return ("unauthorized", (await test.GetAsync(Slices)).Body);
            test.Http.DefaultRequestHeaders.Authorization = administrator;
            await foreach ((string, JsonNode?) watched in WatchesAsync(test))
            {
                yield return watched;
            }
        }

        await using (TestCluster test = await StartAsync(Others))
        {
            await test.WaitReadyAsync(5);
            foreach ((string recording, string service) in ((string, string)[])[("list-named-ports-dual-stack", "rooms"), ("list-second-service-no-hostname", "portless"), ("list-deployment-pods", "lobby")])
            {
                yield return (recording, await test.WaitForAsync(
                    $"{Slices}?labelSelector=kubernetes.io%2Fservice-name%3D{service}",
                    list => list["items"]![0]!["endpoints"]!.AsArray() is var all && all.Count == (service == "lobby" ? 2 : 3) && all.All(endpoint => (bool)endpoint!["conditions"]!["ready"]!)));
            }
        }
    }

    /// <summary>A life like the recorded one, as a watch shows it: all events together must show the recorded fields.</summary>
    private static async IAsyncEnumerable<(string Recording, JsonNode? Ours)> WatchesAsync(TestCluster test)
    {
        string watch = Slices + "?labelSelector=kubernetes.io%2Fservice-name%3Dservice-b&watch=1&allowWatchBookmarks=true";
        yield return ("watchlist", await AllAsync(test, watch + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1"));
        (_, JsonNode list) = await test.GetAsync(Slices);
        string version = (string)list["metadata"]!["resourceVersion"]!;
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 5);
        await test.WaitReadyAsync(5);
        test.Cluster.Delete("pod", TestCluster.Namespace, "service-b-1");
        await test.WaitReadyAsync(5);
        foreach (string ready in (string[])["False", "True"])
        {
            string patch = $$$"""{"status":{"conditions":[{"type":"Ready","status":"{{{ready}}}"}]}}""";
            await test.SendAsync(HttpMethod.Patch, Prefix + "/pods/service-b-2/status", patch, "application/strategic-merge-patch+json");
            await test.WaitForAsync(Slices, slices => slices["items"]![0]!["endpoints"]!.AsArray().Count(endpoint => (bool)endpoint!["conditions"]!["ready"]!) == (ready == "True" ? 5 : 4));
        }

        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 0);
        await test.WaitAsync(pods => pods.Count == 0);
        await test.WaitForAsync(Slices, slices => slices["items"]![0]!["endpoints"] is null);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 2);
        await test.WaitReadyAsync(2);
        await test.WaitForAsync(Slices, slices => slices["items"]![0]!["endpoints"] is JsonArray { Count: 2 } both && both.All(endpoint => (bool)endpoint!["conditions"]!["ready"]!));
        test.Cluster.Delete("svc", TestCluster.Namespace, "service-b");
        await test.WaitForAsync(Slices, slices => slices["items"]!.AsArray().Count == 0);
        yield return ("watch-life", await AllAsync(test, $"{watch}&resourceVersion={version}&timeoutSeconds=1"));
        test.Cluster.Faults.Compact();
        yield return ("watch-gone", await AllAsync(test, watch + "&resourceVersion=1&timeoutSeconds=1"));
        yield return ("watch-future", await AllAsync(test, Slices + "?watch=1&resourceVersion=99999999999&timeoutSeconds=1"));
    }

    private static async Task<JsonArray> AllAsync(TestCluster test, string path)
    {
        JsonArray events = [];
        await foreach (JsonNode item in test.WatchAsync(path))
        {
            events.Add(item);
        }

        return events;
    }

    private static Task<TestCluster> StartAsync(string manifests) => TestCluster.StartAsync(new LocalClusterOptions
    {
        RunProcesses = false,
        Nodes = 3,
        ExternalAddresses = true,
        Manifests = [TestManifests.Namespace, manifests],
    });
}
