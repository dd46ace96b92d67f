using System.Net;
using System.Text.Json.Nodes;
using Berth.LocalCluster.Clients;
using Berth.TestKit;

namespace Berth.LocalCluster.Faults;

/// <summary>Faults asked for over the API, as another process asks for them.</summary>
public sealed class FaultTests
{
    private const string Patient = """["/bin/sh", "-c", "trap 'exit 0' TERM; while true; do sleep 600 & wait $!; done"]""";

    private static readonly TimeSpan s_lasting = TimeSpan.FromSeconds(7);

    [Fact]
    public async Task A_killed_pod_shows_as_one_that_crashed()
    {
        await using TestCluster test = await StartAsync(TestManifests.StatefulSet(1, command: Patient));
        IReadOnlyList<PodSummary> before = await test.WaitReadyAsync(1);
        await FaultAsync(test, "kill-pod?namespace=k8s-example2&pod=service-b-0");
        IReadOnlyList<PodSummary> after = await test.WaitAsync(pods => pods is [{ Ready: true, Restarts: 1 }]);
        Assert.Equal(before[0].Uid, after[0].Uid);
        Assert.NotEqual(before[0].ProcessId, after[0].ProcessId);
        Assert.Matches("service-b-0 +1/1 +Running +1 ", await Kubectl.RunAsync(test, "get", "pods"));
        Assert.Matches(
            "Last State: +Terminated\\s+Reason: +Error\\s+Exit Code: +137", await Kubectl.RunAsync(test, "describe", "pod", "service-b-0"));
    }

    [Fact]
    public async Task A_stopped_node_takes_its_pods_along_until_it_is_back()
    {
        await using TestCluster test = await StartAsync(TestManifests.StatefulSet(2, "Parallel", command: Patient), nodes: 2);
        IReadOnlyList<PodSummary> before = await test.WaitReadyAsync(2);
        PodSummary lost = before.Single(pod => pod.Node == "node-1");
        await FaultAsync(test, "stop-node?node=node-1");
        await test.WaitAsync(pods => pods.Single(pod => pod.Uid == lost.Uid) is { Ready: false });
        Assert.Matches("node-1 +NotReady ", await Kubectl.RunAsync(test, "get", "nodes"));
        Assert.Matches($"{lost.Name} +1/1 +Running +0 ", await Kubectl.RunAsync(test, "get", "pods"));
        JsonNode slices = await test.WaitForAsync(
            "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices",
            list => list["items"]![0]!["endpoints"]!.AsArray().Count(endpoint => (bool)endpoint!["conditions"]!["ready"]!) == 1);
        Assert.Equal(2, slices["items"]![0]!["endpoints"]!.AsArray().Count);

        // The node ends no deleted pod, and starts no new one.
        test.Cluster.Delete("pod", TestCluster.Namespace, lost.Name);
        Assert.Equal(
            "Terminating",
            (await test.WaitAsync(pods => pods.Single(pod => pod.Uid == lost.Uid).Terminating)).Single(pod => pod.Uid == lost.Uid).State);
        await FaultAsync(test, "start-node?node=node-1");
        IReadOnlyList<PodSummary> after = await test.WaitAsync(
            pods => pods.Count == 2 && pods.All(pod => pod is { Ready: true, Terminating: false, ProcessId: not null }));
        Assert.DoesNotContain(after, pod => pod.Uid == lost.Uid);
        Assert.Matches("node-1 +Ready ", await Kubectl.RunAsync(test, "get", "nodes"));
    }

    [Fact]
    public async Task A_pod_that_was_not_deleted_is_started_again_when_its_node_is_back()
    {
        await using TestCluster test = await StartAsync(TestManifests.StatefulSet(1, command: Patient));
        IReadOnlyList<PodSummary> before = await test.WaitReadyAsync(1);
        await FaultAsync(test, "stop-node?node=node-0");
        await test.WaitAsync(pods => pods is [{ Ready: false }]);
        await FaultAsync(test, "start-node?node=node-0");
        IReadOnlyList<PodSummary> after = await test.WaitAsync(pods => pods is [{ Ready: true, ProcessId: not null }]);
        Assert.Equal((before[0].Uid, 1), (after[0].Uid, after[0].Restarts));
    }

    [Fact]
    public async Task A_cut_API_refuses_and_comes_back_by_itself()
    {
        TestClock clock = new(DateTimeOffset.UtcNow);
        // A port of the ephemeral range could be taken by another process meanwhile.
        await using TestCluster test = await TestCluster.StartAsync(
            new LocalClusterOptions { RunProcesses = false, TimeProvider = clock, Port = FreePorts.Take() });
        await FaultAsync(test, "cut-api?seconds=7");
        // The fault begins after its answer, and lasts from then on.
        await clock.WaitForTimerAsync(static due => due == s_lasting, TestCluster.Token);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => test.GetAsync("/api/v1/nodes"));
        clock.Advance(s_lasting);
        await UntilAnsweredAsync(test);
    }

    [Fact]
    public async Task A_paused_API_answers_when_the_pause_is_over()
    {
        TestClock clock = new(DateTimeOffset.UtcNow);
        await using TestCluster test = await TestCluster.StartAsync(time: clock);
        await FaultAsync(test, "pause-api?seconds=7");
        await clock.WaitForTimerAsync(static due => due == s_lasting, TestCluster.Token);
        Task<(HttpStatusCode Status, JsonNode Body)> answer = test.GetAsync("/api/v1/nodes");
        // The cluster itself continues. This takes longer than an answer would.
        test.Cluster.Apply(TestManifests.StatefulSet(2));
        await test.WaitReadyAsync(2);
        Assert.False(answer.IsCompleted);
        clock.Advance(s_lasting);
        Assert.Equal(HttpStatusCode.OK, (await answer).Status);
    }

    [Fact]
    public async Task Expired_tokens_are_refused_and_the_files_hold_good_ones()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        using HttpClient account = TestCluster.NewClient(test.Cluster.ServiceAccountKubeconfig(TestCluster.Namespace, "default"));
        Uri nodes = new("/api/v1/nodes", UriKind.Relative);
        Assert.Equal(HttpStatusCode.OK, (await account.GetAsync(nodes, TestCluster.Token)).StatusCode);
        await FaultAsync(test, "expire-tokens");
        Assert.Equal(HttpStatusCode.Unauthorized, (await account.GetAsync(nodes, TestCluster.Token)).StatusCode);
        using HttpClient again = TestCluster.NewClient(test.Cluster.ServiceAccountKubeconfig(TestCluster.Namespace, "default"));
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync(nodes, TestCluster.Token)).StatusCode);
    }

    [Fact]
    public async Task Compact_expires_versions_and_drop_watches_ends_watches()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.Service);
        await FaultAsync(test, "compact");
        await foreach (JsonNode item in test.WatchAsync("/api/v1/services?watch=1&resourceVersion=1"))
        {
            Assert.Equal(410, (int)item["object"]!["code"]!);
        }

        (_, JsonNode list) = await test.GetAsync("/api/v1/services");
        const string watch = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
        await foreach (JsonNode item in test.WatchAsync("/api/v1/services?" + watch))
        {
            // The watch runs; now it is dropped, and this loop ends.
            if ((string?)item["type"] == "BOOKMARK")
            {
                await FaultAsync(test, "drop-watches");
            }
        }

        Assert.Single(list["items"]!.AsArray());
    }

    [Theory]
    [InlineData("no-such-fault", "there is no fault no-such-fault; there are kill-pod, ")]
    [InlineData("stop-node", "the fault stop-node needs the parameter node")]
    [InlineData("stop-node?node=x", "nodes \"x\" not found")]
    [InlineData("cut-api?seconds=0", "seconds is 0; it must be above 0 and at most 3600")]
    [InlineData("kill-pod?pod=x&namespace=y", "pods \"x\" not found")]
    public async Task Impossible_change_is_refused_with_a_sentence(string fault, string message)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(HttpMethod.Post, "/berth/faults/" + fault, string.Empty);
        Assert.NotEqual(HttpStatusCode.OK, status);
        Assert.StartsWith(message, (string)body["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_is_allowed_for_the_administrator_only()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        using HttpClient account = TestCluster.NewClient(test.Cluster.ServiceAccountKubeconfig(TestCluster.Namespace, "default"));
        using HttpResponseMessage response = await account.PostAsync(
            new Uri("/berth/faults/compact", UriKind.Relative), null, TestCluster.Token);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static async Task FaultAsync(TestCluster test, string fault)
    {
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(HttpMethod.Post, "/berth/faults/" + fault, string.Empty);
        Assert.True(status == HttpStatusCode.OK, body.ToJsonString());
    }

    private static Task UntilAnsweredAsync(TestCluster test) => Wait.ForAsync(
        "the API to answer",
        async _ =>
        {
            Assert.Equal(HttpStatusCode.OK, (await test.GetAsync("/api/v1/nodes")).Status);
            return "";
        },
        TestCluster.Token);

    private static Task<TestCluster> StartAsync(string set, int nodes = 1) => TestCluster.StartAsync(new LocalClusterOptions
    {
        Nodes = nodes,
        Manifests = [TestManifests.All(TestManifests.Namespace, TestManifests.Service, set)],
        Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["k8s-example2"] = new ImageProgram("/bin/sh") },
    });
}
