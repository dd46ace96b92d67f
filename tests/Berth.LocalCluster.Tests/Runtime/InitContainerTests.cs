using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.LocalCluster.Runtime;

/// <summary>Init containers and sidecars, in the order and with the statuses of a kubelet.</summary>
public sealed class InitContainerTests : IDisposable
{
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Init_containers_run_to_their_ends_one_after_the_other()
    {
        await using TestCluster test = await StartAsync(
            "Always",
            $"cat {_folder.Root}/order; exec sleep 600",
            Init("a", $"echo a >> {_folder.Root}/order"),
            Init("b", $"echo b >> {_folder.Root}/order"));
        await test.WaitReadyAsync(1);
        await test.WaitForAsync($"{Pods}/p", pod => (string?)Condition(pod, "Initialized")["status"] == "True");
        JsonNode pod = (await test.GetAsync($"{Pods}/p")).Body;
        Assert.Equal(["a", "b"], pod["status"]!["initContainerStatuses"]!.AsArray().Select(status => (string?)status!["name"]));
        Assert.All(
            pod["status"]!["initContainerStatuses"]!.AsArray(),
            status => Assert.Equal("Completed", (string?)status!["state"]!["terminated"]!["reason"]));
        Assert.Equal("a\nb\n", await File.ReadAllTextAsync($"{_folder.Root}/order", TestCluster.Token));
    }

    [Fact]
    public async Task Log_of_an_init_container_is_read_by_its_name()
    {
        // A container's log ends with its output, or 200 ms after its process. A clock that stands still leaves only the first.
        await using TestCluster test = await StartAsync(
            new TestClock(DateTimeOffset.UtcNow), "Never", "echo main", Init("a", "echo first"));
        await test.WaitAsync(pods => pods is [{ Phase: "Succeeded" }]);
        async Task<string> LogAsync(string container) =>
            await test.Http.GetStringAsync(new Uri($"{Pods}/p/log?container={container}&follow=true", UriKind.Relative), TestCluster.Token);
        Assert.Equal("first\n", await LogAsync("a"));
        Assert.Equal("main\n", await LogAsync("c"));
    }

    [Fact]
    public async Task Init_container_that_fails_for_good_ends_the_pod()
    {
        await using TestCluster test = await StartAsync("Never", $"touch {_folder.Root}/main", Init("a", "exit 3"), Init("b", "exit 0"));
        IReadOnlyList<PodSummary> pods = await test.WaitAsync(pods => pods is [{ Phase: "Failed" }]);
        Assert.Equal("Init:Error", pods[0].State);
        JsonNode pod = (await test.GetAsync($"{Pods}/p")).Body;
        Assert.Equal("containers with incomplete status: [a b]", (string?)Condition(pod, "Initialized")["message"]);
        Assert.Equal("PodInitializing", (string?)pod["status"]!["containerStatuses"]![0]!["state"]!["waiting"]!["reason"]);
        Assert.False(File.Exists($"{_folder.Root}/main"));
    }

    [Fact]
    public async Task Init_container_that_keeps_failing_backs_off()
    {
        TestClock clock = new(DateTimeOffset.UtcNow);
        await using TestCluster test = await StartAsync(clock, "Always", "sleep 600", Init("a", "exit 3"));
        await clock.WaitForTimerAsync(due => due == RestartBackoff.Soon, TestCluster.Token);
        clock.Advance(RestartBackoff.Soon);
        IReadOnlyList<PodSummary> pods = await test.WaitAsync(pods => pods is [{ State: "Init:CrashLoopBackOff" }]);
        Assert.Equal(("Pending", 1), (pods[0].Phase, pods[0].Restarts));
    }

    [Fact]
    public async Task Init_container_that_failed_before_is_tried_again()
    {
        await using TestCluster test = await StartAsync(
            "OnFailure", "exit 0", Init("a", $"test -e {_folder.Root}/again || {{ touch {_folder.Root}/again; exit 1; }}"));
        IReadOnlyList<PodSummary> pods = await test.WaitAsync(pods => pods is [{ Phase: "Succeeded" }]);
        Assert.Equal(1, pods[0].Restarts);
    }

    [Fact]
    public async Task Sidecar_starts_before_the_others_and_ends_after_them()
    {
        string sidecar = $"trap 'echo sidecar >> {_folder.Root}/ends; exit 0' TERM; touch {_folder.Root}/up; "
            + "while true; do sleep 600 & wait $!; done";
        string probe = $$""", startupProbe: { timeoutSeconds: 60, exec: { command: [/usr/bin/test, -e, {{_folder.Root}}/up] } }""";
        await using TestCluster test = await StartAsync(
            "Never", $"test -e {_folder.Root}/up && echo main >> {_folder.Root}/ends",
            Init("s", sidecar, ", restartPolicy: Always" + probe));
        await test.WaitAsync(pods => pods is [{ Phase: "Succeeded" }]);
        await test.WaitForAsync(
            $"{Pods}/p", pod => pod["status"]!["initContainerStatuses"]![0]!["state"]!["terminated"] is not null);
        Assert.Equal("main\nsidecar\n", await File.ReadAllTextAsync($"{_folder.Root}/ends", TestCluster.Token));
    }

    [Fact]
    public async Task Sidecar_runs_beside_the_others_and_counts_for_readiness()
    {
        string command = $"[/usr/bin/test, -e, {_folder.Root}/good]";
        string probe = $$""", readinessProbe: { periodSeconds: 1, timeoutSeconds: 60, exec: { command: {{command}} } }""";
        await using TestCluster test = await StartAsync(
            "Always", "exec sleep 600", Init("s", "exec sleep 600", ", restartPolicy: Always" + probe));
        await test.WaitForAsync(
            $"{Pods}/p", pod => pod["status"]?["containerStatuses"] is JsonArray statuses && (bool)statuses[0]!["ready"]!);
        Assert.False(TestCluster.IsReady((await test.GetAsync($"{Pods}/p")).Body));
        await File.WriteAllTextAsync($"{_folder.Root}/good", "", TestCluster.Token);
        await test.WaitReadyAsync(1);
        test.Cluster.Delete("pod", TestCluster.Namespace, "p", 1);
        await test.WaitAsync(pods => pods.Count == 0);
    }

    [Fact]
    public async Task Pod_is_deleted_while_it_is_initialised()
    {
        await using TestCluster test = await StartAsync("Always", "exec sleep 600", Init("a", "exec sleep 600"));
        await test.WaitAsync(pods => pods is [{ State: "Init:0/1" }]);
        test.Cluster.Delete("pod", TestCluster.Namespace, "p");
        await test.WaitAsync(pods => pods.Count == 0);
    }

    [Fact]
    public async Task Where_no_process_runs_init_containers_are_done_at_once()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(Pod("Always", "x", Init("a", "x"), Init("s", "x", ", restartPolicy: Always")));
        await test.WaitReadyAsync(1);
    }

    private static JsonNode Condition(JsonNode pod, string type) =>
        pod["status"]!["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == type)!;

    private static string Init(string name, string script, string more = "") =>
        $$"""{ name: {{name}}, image: k8s-example2, command: [/bin/sh, -c, "{{script}}"]{{more}} }""";

    private static string Pod(string policy, string script, params string[] init) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: p, namespace: k8s-example2 }
        spec:
          restartPolicy: {{policy}}
          initContainers: [{{string.Join(", ", init)}}]
          containers: [{ name: c, image: k8s-example2, command: [/bin/sh, -c, "{{script}}"] }]
        """;

    private static Task<TestCluster> StartAsync(string policy, string script, params string[] init) =>
        StartAsync(TimeProvider.System, policy, script, init);

    private static Task<TestCluster> StartAsync(TimeProvider time, string policy, string script, params string[] init) =>
        TestCluster.StartAsync(new LocalClusterOptions
        {
            TimeProvider = time,
            Manifests = [TestManifests.Namespace, Pod(policy, script, init)],
            Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["k8s-example2"] = new ImageProgram("/bin/sh") },
        });
}
