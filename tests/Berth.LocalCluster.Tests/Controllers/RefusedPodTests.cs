using System.Net;
using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Controllers;

/// <summary>Controllers whose pods the server refuses: they say so in its words, and try again until it works.</summary>
public sealed class RefusedPodTests
{
    private const string Space = "/api/v1/namespaces/k8s-example2";
    private const string Sets = "/apis/apps/v1/namespaces/k8s-example2/statefulsets";
    private const string Deployments = "/apis/apps/v1/namespaces/k8s-example2/deployments";
    private const string NoAccount = "error looking up service account k8s-example2/absent: serviceaccount \"absent\" not found";

    [Theory]
    [InlineData(53)]
    [InlineData(56)]
    public async Task Set_with_a_long_name_says_why_it_makes_no_pods(int length)
    {
        string name = new('a', length);
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(Set(name, 1, "long"));
        string message = await test.EventAsync("FailedCreate", name);
        Assert.StartsWith(
            $"Create Pod {name}-0 in StatefulSet {name} failed error: "
            + $"Pod \"{name}-0\" is invalid: metadata.labels: Invalid value: \"{name}-",
            message,
            StringComparison.Ordinal);
        Assert.EndsWith("\": must be no more than 63 bytes", message, StringComparison.Ordinal);
        await test.WaitForAsync($"{Sets}/{name}", set => (int?)set["status"]!["observedGeneration"] == 1);
        Assert.Empty(test.Cluster.Pods);
    }

    [Fact]
    public async Task Set_with_the_longest_name_that_works_makes_its_pods()
    {
        string name = new('a', 52);
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(Set(name, 1, "long"));
        PodSummary pod = Assert.Single(await test.WaitReadyAsync(1));
        Assert.Equal(63, pod.Labels["controller-revision-hash"].Length);
    }

    [Theory]
    [InlineData("OrderedReady")]
    [InlineData("Parallel")]
    public async Task Set_whose_pods_name_is_taken_waits_for_it_to_be_free(string policy)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(Pod("q-1", ""), Set("q", 2, "q", policy: policy)));
        Assert.Equal(
            "Create Pod q-1 in StatefulSet q failed error: pods \"q-1\" already exists", await test.EventAsync("FailedCreate", "q"));

        // Its pods are counted meanwhile.
        await test.WaitForAsync($"{Sets}/q", set => (int?)set["status"]!["readyReplicas"] == 1);
        test.Cluster.Delete("pod", TestCluster.Namespace, "q-1", gracePeriodSeconds: 0);
        await test.WaitForAsync($"{Sets}/q", set => (int?)set["status"]!["readyReplicas"] == 2);
    }

    [Fact]
    public async Task Set_that_replaces_an_orphaned_one_takes_its_names_over()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(Set("q", 2, "old"));
        IReadOnlyList<PodSummary> old = await test.WaitReadyAsync(2);
        await test.SendAsync(HttpMethod.Delete, $"{Sets}/q", """{"propagationPolicy":"Orphan"}""");
        await test.WaitForAsync($"{Sets}/q", answer => (int?)answer["code"] == 404);
        test.Cluster.Apply(Set("q", 2, "new"));
        await test.EventAsync("FailedCreate", "q");
        foreach (PodSummary pod in old)
            test.Cluster.Delete("pod", TestCluster.Namespace, pod.Name);
        await test.WaitForAsync($"{Sets}/q", set => (int?)set["status"]!["readyReplicas"] == 2);
        Assert.All(test.Cluster.Pods, pod => Assert.Equal("new", pod.Labels["app"]));
    }

    [Theory]
    [InlineData("serviceAccountName: absent")]
    [InlineData("serviceAccount: absent")]
    public async Task Pods_wait_for_the_service_account_they_name(string account)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(Set("q", 1, "q", account), Deployment("front", 2, account)));
        Assert.Equal(
            $"Create Pod q-0 in StatefulSet q failed error: pods \"q-0\" is forbidden: {NoAccount}",
            await test.EventAsync("FailedCreate", "q"));
        JsonNode front = await test.WaitForAsync($"{Deployments}/front", body => Failure(body) is not null);
        Assert.Equal(
            ("True", "FailedCreate"), ((string?)Failure(front)!["status"], (string?)Failure(front)!["reason"]));
        string message = (string)Failure(front)!["message"]!;
        Assert.Matches("^pods \"front-[a-z0-9]+-\" is forbidden: ", message);
        Assert.EndsWith(NoAccount, message, StringComparison.Ordinal);
        string replicas = (string)(await test.GetAsync("/apis/apps/v1/namespaces/k8s-example2/replicasets"))
            .Body["items"]![0]!["metadata"]!["name"]!;
        Assert.Equal($"Error creating: {message}", await test.EventAsync("FailedCreate", replicas));
        Assert.Empty(test.Cluster.Pods);

        test.Cluster.Apply("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"absent","namespace":"k8s-example2"}}""");
        IReadOnlyList<PodSummary> pods = await test.WaitReadyAsync(3);
        JsonNode pod = (await test.GetAsync($"{Space}/pods/{pods[^1].Name}")).Body;
        Assert.Equal(
            ("absent", "absent"), ((string?)pod["spec"]!["serviceAccountName"], (string?)pod["spec"]!["serviceAccount"]));
        await test.WaitForAsync($"{Deployments}/front", body => Failure(body) is null && (int?)body["status"]!["readyReplicas"] == 2);
    }

    [Theory]
    [InlineData("serviceAccountName: absent", NoAccount)]
    [InlineData("serviceAccount: absent", NoAccount)]
    [InlineData("priorityClassName: nope", "no PriorityClass with name nope was found")]
    [InlineData("runtimeClassName: nope", "pod rejected: RuntimeClass \"nope\" not found")]
    public async Task Pod_that_names_what_is_not_there_is_forbidden(string field, string why)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(
            HttpMethod.Post, $"{Space}/pods", Pod("p", field), "application/yaml");
        Assert.Equal((HttpStatusCode.Forbidden, "Forbidden"), (status, (string?)body["reason"]));
        Assert.Equal($"pods \"p\" is forbidden: {why}", (string?)body["message"]);
        Assert.Empty(test.Cluster.Pods);
    }

    [Fact]
    public async Task Classes_that_every_cluster_has_give_their_priority()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (_, JsonNode pod) = await test.SendAsync(
            HttpMethod.Post, $"{Space}/pods", Pod("p", "priorityClassName: system-node-critical"), "application/yaml");
        Assert.Equal(2_000_001_000, (long?)pod["spec"]!["priority"]);
    }

    [Fact]
    public async Task Service_accounts_of_a_manifest_come_before_the_pods_that_name_them()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(
            Pod("p", "serviceAccountName: late"),
            """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"late","namespace":"k8s-example2"}}"""));
        await test.WaitReadyAsync(1);
    }

    [Fact]
    public async Task Generated_names_are_no_longer_than_a_label()
    {
        string name = new('d', 60);
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(Deployment(name, 2, ""));
        Assert.All(
            await test.WaitReadyAsync(2), pod => Assert.Matches($"^d{{58}}[bcdfghjklmnpqrstvwxz2456789]{{5}}$", pod.Name));
    }

    [Theory]
    [InlineData("web.v1", "must not contain dots")]
    [InlineData("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg", "must be no more than 63 characters")]
    public async Task Set_whose_name_is_no_label_is_refused(string name, string why)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        (HttpStatusCode status, JsonNode body) = await test.SendAsync(HttpMethod.Post, Sets, Set(name, 1, "x"), "application/yaml");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(
            $"StatefulSet.apps \"{name}\" is invalid: metadata.name: Invalid value: \"{name}\": {why}", (string?)body["message"]);
    }

    private static JsonNode? Failure(JsonNode body) => body["status"]?["conditions"] is JsonArray conditions
        ? conditions.FirstOrDefault(condition => (string?)condition!["type"] == "ReplicaFailure")
        : null;

    private static string Pod(string name, string field) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: {{name}}, namespace: k8s-example2, labels: { app: other } }
        spec:
          containers: [{ name: c, image: x }]
          {{field}}
        """;

    private static string Set(string name, int replicas, string app, string field = "", string policy = "OrderedReady") => $$"""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: {{name}}, namespace: k8s-example2 }
        spec:
          serviceName: q
          replicas: {{replicas}}
          podManagementPolicy: {{policy}}
          selector: { matchLabels: { app: {{app}} } }
          template:
            metadata: { labels: { app: {{app}} } }
            spec:
              containers: [{ name: c, image: x }]
              {{field}}
        """;

    private static string Deployment(string name, int replicas, string field) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: {{name}}, namespace: k8s-example2 }
        spec:
          replicas: {{replicas}}
          selector: { matchLabels: { app: front } }
          template:
            metadata: { labels: { app: front } }
            spec:
              containers: [{ name: c, image: x }]
              {{field}}
        """;
}
