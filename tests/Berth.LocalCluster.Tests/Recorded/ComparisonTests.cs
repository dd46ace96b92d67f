using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Recorded;

/// <summary>
/// Compares every recorded answer with ours. docs/local-cluster.md lists each allowed difference with its reason; these tests check that
/// list.
/// </summary>
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
            JsonNode recorded = recording.StartsWith("watch", StringComparison.Ordinal) ? Lines(recording) : Recordings.Read(recording);
            foreach ((string path, string kind) in FieldComparison.Compare(recorded, ours))
            {
                if (!documented.Explain(recording, path, kind))
                {
                    undocumented.Add($"{recording} | {path} | {kind}");
                }
            }
        }

        Assert.True(undocumented.Count == 0, "docs/local-cluster.md does not name these differences:\n" + string.Join('\n', undocumented));
        Assert.True(
            documented.Unused.Count == 0,
            "docs/local-cluster.md names differences that are none:\n" + string.Join('\n', documented.Unused));
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
            await test.WaitForAsync(Slices, list => TestCluster.HasReady(list["items"]![0]!, 3));
            await test.WaitForAsync(
                "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b", set => (int?)set["status"]!["readyReplicas"] == 3);
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

        string everything = TestManifests.All(
            Others, Applied("service"), Applied("statefulset"), ManyPods.StatefulSet, WrittenByHand());
        await using (TestCluster test = await StartAsync(everything))
        {
            await test.WaitReadyAsync(268);
            test.Cluster.Apply(ManyPods.Service);
            foreach ((string recording, string service, int count) in ((string, string, int)[])
            [
                ("list-named-ports-dual-stack", "rooms", 3),
                ("list-second-service-no-hostname", "portless", 3),
                ("list-deployment-pods", "lobby", 2),
            ])
            {
                yield return (recording, await test.WaitForAsync(
                    $"{Slices}?labelSelector=kubernetes.io%2Fservice-name%3D{service}",
                    list => TestCluster.HasReady(OfFamily(list, "IPv4"), count)));
            }

            yield return ("list-260-pods-3-slices", (await ManyPods.WaitAsync(test, 260)).Body);
            JsonNode page = (await test.GetAsync(Slices + "?limit=2")).Body;
            yield return ("page-1", page);
            yield return ("page-2", (await test.GetAsync($"{Slices}?limit=2&continue={page["metadata"]!["continue"]}")).Body);
            string version = (string)page["metadata"]!["resourceVersion"]!;
            test.Cluster.Scale("sts", TestCluster.Namespace, "many", 180);
            await ManyPods.WaitAsync(test, 180);
            await ManyPods.RestartAsync(test, 3);
            yield return ("watch-260-scale", WithoutUnready(await test.EventsSinceAsync(ManyPods.Slices, version, bookmarks: true)));
            version = (string)(await test.GetAsync(Slices)).Body["metadata"]!["resourceVersion"]!;
            await RecordedLife.ReplaceAsync(test, "service-b-0", 3);
            yield return (
                "watch-terminating", WithoutUnready(await test.EventsSinceAsync(RecordedLife.OfServiceB, version, bookmarks: true)));
        }
    }

    /// <summary>
    /// A pod with an address that is not ready yet is seen or not, as chance has it; the recorded pods were ready at once
    /// (docs/local-cluster.md, "The order of events").
    /// </summary>
    private static JsonArray WithoutUnready(JsonArray events)
    {
        static bool IsUnready(JsonNode? endpoint) =>
            endpoint!["conditions"] is { } conditions && !(bool)conditions["serving"]! && !(bool)conditions["terminating"]!;
        foreach (JsonArray endpoints in events.Select(item => item!["object"]!["endpoints"]).OfType<JsonArray>())
            endpoints.RemoveAll(IsUnready);
        return events;
    }

    private static JsonNode OfFamily(JsonNode list, string family) =>
        list["items"]!.AsArray().Single(slice => (string?)slice!["addressType"] == family)!;

    /// <summary>The slice of IPv6 addresses that was applied to the recorded cluster by hand.</summary>
    private static string WrittenByHand()
    {
        JsonNode annotations = OfFamily(Recordings.Read("list-named-ports-dual-stack"), "IPv6")["metadata"]!["annotations"]!;
        return (string)annotations["kubectl.kubernetes.io/last-applied-configuration"]!;
    }

    /// <summary>A life like the recorded one, as a watch shows it: all events together must show the recorded fields.</summary>
    private static async IAsyncEnumerable<(string Recording, JsonNode? Ours)> WatchesAsync(TestCluster test)
    {
        yield return ("watchlist", await UntilAsync(
            test, $"{RecordedLife.OfServiceB}&watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
            "BOOKMARK"));
        string version = await RecordedLife.PlayAsync(test);
        yield return ("watch-life", await test.EventsSinceAsync(RecordedLife.OfServiceB, version, bookmarks: true));
        test.Cluster.Apply(Applied("service"));
        await RecordedLife.ReadyAsync(test, 2);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 3);
        await RecordedLife.ReadyAsync(test, 3);
        yield return ("watch-too-old", await test.EventsSinceAsync(RecordedLife.OfServiceB, "1"));
        test.Cluster.Faults.Compact();
        yield return ("watch-gone", await UntilAsync(test, $"{RecordedLife.OfServiceB}&watch=1&resourceVersion=1", "ERROR"));
        yield return ("watch-future", await UntilAsync(test, Slices + "?watch=1&resourceVersion=99999999999&timeoutSeconds=1", "nothing"));
    }

    /// <summary>The events of one watch, up to the first of a type, or its end.</summary>
    private static async Task<JsonArray> UntilAsync(TestCluster test, string path, string type)
    {
        JsonArray events = [];
        await foreach (JsonNode item in test.WatchAsync(path))
        {
            events.Add(item);
            if ((string?)item["type"] == type)
                break;
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
