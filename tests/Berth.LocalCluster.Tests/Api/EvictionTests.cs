using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Berth.LocalCluster.Clients;
using Berth.TestKit;

namespace Berth.LocalCluster.Api;

/// <summary>Evictions of pods, and the real kubectl drain.</summary>
public sealed class EvictionTests
{
    private const string Budgets = "/apis/policy/v1/namespaces/k8s-example2/poddisruptionbudgets";
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";

    [Fact]
    public async Task An_evicted_pod_says_so_and_ends_in_the_time_of_the_request()
    {
        // The pod ends on the clock, and its end writes another grace period.
        TestClock clock = new(DateTimeOffset.UtcNow);
        await using TestCluster test = await TestCluster.StartAsync(time: clock);
        string pod = """{"metadata":{"name":"p","finalizers":["example.com/stay"]},"spec":{"containers":[{"name":"c","image":"x"}]}}""";
        await test.SendAsync(HttpMethod.Post, Pods, pod);
        await test.WaitReadyAsync(1);
        (HttpStatusCode status, _) = await EvictAsync(test, "p", """{"gracePeriodSeconds":7}""");
        Assert.Equal(HttpStatusCode.Created, status);
        (_, JsonNode body) = await test.GetAsync(Pods + "/p");
        Assert.Equal(7, (int?)body["metadata"]!["deletionGracePeriodSeconds"]);
        JsonNode condition = body["status"]!["conditions"]!.AsArray().Single(static each => (string?)each!["type"] == "DisruptionTarget")!;
        Assert.Equal(
            ("True", "EvictionByEvictionAPI", "Eviction API: evicting"),
            ((string?)condition["status"], (string?)condition["reason"], (string?)condition["message"]));
        Assert.Null(condition["lastProbeTime"]);
        await test.MergeAsync(Pods + "/p", """{"metadata":{"finalizers":null}}""");
        await Wait.ForAsync(
            () => test.Cluster.Pods.Count == 0, () => clock.Advance(TimeSpan.FromMilliseconds(100)), TestCluster.Token);
    }

    [Theory]
    [InlineData("AlwaysAllow", 2, true)]
    [InlineData("IfHealthyBudget", 2, false)]
    [InlineData("IfHealthyBudget", 1, true)]
    public async Task A_pod_that_is_not_ready_goes_by_the_policy_of_its_budget(string policy, int least, bool allowed)
    {
        await using TestCluster test = await TestCluster.StartAsync(new LocalClusterOptions
        {
            Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["x"] = new ImageProgram("/bin/sh") },
            Manifests = [TestManifests.Namespace, $$"""
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: { name: b, namespace: k8s-example2 }
                spec: { minAvailable: {{least}}, unhealthyPodEvictionPolicy: {{policy}}, selector: { matchLabels: { app: a } } }
                ---
                apiVersion: v1
                kind: Pod
                metadata: { name: good, namespace: k8s-example2, labels: { app: a } }
                spec: { containers: [{ name: c, image: x, command: [/bin/sh, -c, "exec sleep 600"] }] }
                ---
                apiVersion: v1
                kind: Pod
                metadata: { name: bad, namespace: k8s-example2, labels: { app: a } }
                spec:
                  containers:
                  - { name: c, image: x, command: [/bin/sh, -c, "exec sleep 600"], readinessProbe: { exec: { command: ["false"] } } }
                """],
        });
        await test.WaitAsync(static pods => pods.Any(static pod => pod.Ready) && pods.All(static pod => pod.State == "Running"));
        await test.WaitForAsync(Budgets + "/b", static budget => (int)budget["status"]!["currentHealthy"]! == 1);
        (HttpStatusCode status, JsonNode body) = await EvictAsync(test, "bad");
        Assert.Equal(allowed ? HttpStatusCode.Created : HttpStatusCode.TooManyRequests, status);
        string? cause = (string?)body["details"]?["causes"]?[0]?["message"];
        Assert.Equal(allowed ? null : "The disruption budget b needs 2 healthy pods and has 1 currently", cause);

        // A pod that is ready is held back in all three.
        (status, _) = await EvictAsync(test, "good");
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
    }

    [Fact]
    public async Task An_eviction_that_deletes_nothing_counts_for_two_minutes()
    {
        TestClock clock = new(DateTimeOffset.UtcNow);
        await using TestCluster test = await TestCluster.StartAsync(time: clock);
        test.Cluster.Apply(Budget("minAvailable: 1"));
        test.Cluster.Apply(TestManifests.StatefulSet(2, "Parallel"));
        await test.WaitReadyAsync(2);
        await Allowed(test, 1);
        (HttpStatusCode status, _) = await EvictAsync(test, "service-b-0", """{"preconditions":{"uid":"other"}}""");
        Assert.Equal(HttpStatusCode.Conflict, status);
        await Allowed(test, 0);
        await clock.WaitForTimerAsync(static due => due.TotalSeconds is > 115 and <= 120, TestCluster.Token);
        clock.Advance(TimeSpan.FromSeconds(110));
        await Allowed(test, 0);
        clock.Advance(TimeSpan.FromSeconds(15));
        await Allowed(test, 1);
    }

    [Fact]
    public async Task Drain_waits_for_the_budget_and_replaces_one_pod_after_the_other()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 2);
        test.Cluster.Apply(Budget("maxUnavailable: 1"));
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(4, "Parallel")));
        await test.WaitReadyAsync(4);
        await Allowed(test, 1);
        Task<List<JsonNode>> watching = BudgetsUntilDoneAsync(test);
        (int code, string output, string errors) =
            await Kubectl.TryAsync(test.Cluster.KubeconfigPath, "drain", "node-0", "--ignore-daemonsets", "--timeout=50s");
        Assert.True(code == 0, errors);
        Assert.Contains("node/node-0 drained\n", output, StringComparison.Ordinal);
        await test.WaitAsync(static pods => pods.Count == 4 && pods.All(static pod => pod.Ready && pod.Node == "node-1"));
        Assert.All(await watching, static budget => Assert.InRange((int)budget["status"]!["currentHealthy"]!, 3, 4));
    }

    [Fact]
    public async Task Drain_against_a_budget_that_allows_nothing_says_what_holds_it()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 2);
        test.Cluster.Apply(Budget("maxUnavailable: 0"));
        test.Cluster.Apply(TestManifests.StatefulSet(1));
        await test.WaitReadyAsync(1);
        await test.WaitForAsync(Budgets + "/service-b", static budget => (int)budget["status"]!["expectedPods"]! == 1);
        string node = test.Cluster.Pods[0].Node!;
        using TestFolder home = new();
        using Process drain = Kubectl.Start(test.Cluster.KubeconfigPath, [new("HOME", home.Root)], "drain", node);
        try
        {
            string? line;
            do
            {
                line = await drain.StandardError.ReadLineAsync(TestCluster.Token).AsTask().WaitAsync(Wait.Limit, TestCluster.Token);
            }
            while (line?.Contains("Cannot evict pod as it would violate the pod's disruption budget.", StringComparison.Ordinal) == false);

            // It tries again until it is stopped.
            Assert.NotNull(line);
        }
        finally
        {
            drain.Kill();
            await drain.WaitForExitAsync(CancellationToken.None);
        }

        Assert.NotEqual(0, drain.ExitCode);
        Assert.True(Assert.Single(test.Cluster.Pods).Ready);
        Assert.Matches(
            @"NAME +MIN AVAILABLE +MAX UNAVAILABLE +ALLOWED DISRUPTIONS +AGE\nservice-b +N/A +0 +0 ",
            await Kubectl.RunAsync(test, "get", "pdb"));
    }

    [Fact]
    public async Task A_budget_says_in_events_why_it_cannot_count()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(Budget("maxUnavailable: 1"));
        Assert.Equal("No matching pods found", await test.EventAsync("NoPods", "service-b"));
        await test.SendAsync(
            HttpMethod.Post,
            Pods,
            """{"metadata":{"name":"p","labels":{"app":"service-b"}},"spec":{"containers":[{"name":"c","image":"x"}]}}""");
        Assert.StartsWith(
            "Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{app: service-b,},"
            + "MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be "
            + "calculated correctly",
            await test.EventAsync("UnmanagedPods", "service-b"),
            StringComparison.Ordinal);
    }

    private static string Budget(string share) => $$"""
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: service-b, namespace: k8s-example2 }
        spec: { {{share}}, selector: { matchLabels: { app: service-b } } }
        """;

    private static async Task Allowed(TestCluster test, int count) =>
        await test.WaitForAsync(Budgets + "/service-b", budget => (int)budget["status"]!["disruptionsAllowed"]! == count);

    /// <summary>All states of the budget until no pod is on node 0 any more.</summary>
    private static async Task<List<JsonNode>> BudgetsUntilDoneAsync(TestCluster test)
    {
        List<JsonNode> states = [];
        string version = (string)(await test.GetAsync(Budgets)).Body["metadata"]!["resourceVersion"]!;
        await foreach (JsonNode item in test.WatchAsync($"{Budgets}?watch=1&resourceVersion={version}&timeoutSeconds=50"))
        {
            states.Add(item["object"]!);
            bool isDone = test.Cluster.Pods.All(static pod => pod.Node == "node-1");
            if (isDone && (int)item["object"]!["status"]!["currentHealthy"]! == 4)
                break;
        }

        return states;
    }

    private static Task<(HttpStatusCode Status, JsonNode Body)> EvictAsync(TestCluster test, string pod, string options = "{}") =>
        test.SendAsync(
            HttpMethod.Post,
            $"{Pods}/{pod}/eviction",
            $$$"""{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"{{{pod}}}"},"deleteOptions":{{{options}}}}""");
}
