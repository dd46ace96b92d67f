using System.Text.Json.Nodes;
using Berth.TestKit;

namespace Berth.LocalCluster.Controllers;

public sealed class DeploymentTests
{
    private const string Path = "/apis/apps/v1/namespaces/k8s-example2/deployments/front";
    private const string Pods = "/api/v1/namespaces/k8s-example2/pods";

    [Fact]
    public async Task A_rolling_update_keeps_within_maxSurge_and_maxUnavailable()
    {
        await using TestCluster test = await StartAsync("{ type: RollingUpdate }");
        int least = int.MaxValue;
        int most = 0;
        await foreach ((int ready, int all) in RestartAsync(test))
        {
            least = Math.Min(least, ready);
            most = Math.Max(most, all);
        }

        // 25 % of three: one more, and none less.
        Assert.Equal((3, 4), (least, most));
    }

    [Fact]
    public async Task Stuck_rollout_passes_its_deadline_and_a_paused_one_waits()
    {
        // The certificates are valid from the real time on. Times in objects have no fractions of a second.
        TestClock time = new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
        await using TestCluster test = await StartAsync("{ type: RollingUpdate }", time);
        JsonNode good = await test.WaitForAsync(Path, body => Progress(body) == "True NewReplicaSetAvailable");
        await test.MergeAsync(Path, """{"spec":{"template":{"spec":{"nodeSelector":{"no":"node"}}}}}""");
        await test.WaitForAsync(Path, body => Progress(body) == "True ReplicaSetUpdated" && (int?)body["status"]!["updatedReplicas"] == 1);
        // The controller may read the clock before a step and set its timer after it: then there is one more step.
        await test.WaitForAsync(Path, body =>
        {
            if (time.HasTimer(TimeSpan.FromSeconds(600)))
                time.Advance(TimeSpan.FromSeconds(601));
            return Progress(body) == "False ProgressDeadlineExceeded";
        });
        await test.MergeAsync(Path, """{"spec":{"template":{"spec":{"nodeSelector":null}}}}""");
        await test.WaitForAsync(Path, body => Progress(body) == "True NewReplicaSetAvailable");

        // Paused: it can be scaled, and a new template makes nothing.
        await test.MergeAsync(Path, """{"spec":{"paused":true,"replicas":4,"template":{"metadata":{"annotations":{"a":"b"}}}}}""");
        await test.WaitForAsync(Path, body => Progress(body) == "Unknown DeploymentPaused" && (int?)body["status"]!["readyReplicas"] == 4);
        JsonNode now = (await test.GetAsync(Path)).Body;
        Assert.Null(now["status"]!["updatedReplicas"]);
        Assert.Equal((int)good["metadata"]!["generation"]! + 3, (int)now["metadata"]!["generation"]!);
        await test.MergeAsync(Path, """{"metadata":{"annotations":{"of":"a person"}}}""");
        await test.WaitForAsync(Path, body => (int?)body["status"]!["observedGeneration"] == (int)good["metadata"]!["generation"]! + 4);
    }

    [Fact]
    public async Task Recreate_has_no_pod_of_both()
    {
        await using TestCluster test = await StartAsync("{ type: Recreate }");
        List<int> counts = [];
        await foreach ((int _, int all) in RestartAsync(test))
            counts.Add(all);
        Assert.Contains(0, counts);
        Assert.Equal(3, counts.Max());
    }

    [Fact]
    public async Task Revision_that_is_never_ready_removes_no_ready_pod()
    {
        await using TestCluster test = await StartAsync("{ type: RollingUpdate }");
        await test.MergeAsync(Path, """{"spec":{"template":{"spec":{"nodeSelector":{"no":"node"}}}}}""");
        static bool IsStuck(JsonNode status) => (int?)status["updatedReplicas"] == 1 && (int?)status["unavailableReplicas"] == 1;
        JsonNode deployment = await test.WaitForAsync(Path, body => IsStuck(body["status"]!));
        Assert.Equal((4, 3), ((int?)deployment["status"]!["replicas"], (int?)deployment["status"]!["readyReplicas"]));

        // Back to what works: the pod that never ran goes, the others were never touched.
        await test.MergeAsync(Path, """{"spec":{"template":{"spec":{"nodeSelector":null}}}}""");
        await test.WaitForAsync(Path, body => (int?)body["status"]!["replicas"] == 3 && (int?)body["status"]!["updatedReplicas"] == 3);
        Assert.Equal(3, test.Cluster.Pods.Count(pod => pod is { Ready: true, Terminating: false }));
    }

    [Fact]
    public async Task ReplicaSet_has_the_annotations_of_desired_and_largest_size()
    {
        await using TestCluster test = await StartAsync("{ type: RollingUpdate }");
        const string sets = "/apis/apps/v1/namespaces/k8s-example2/replicasets";
        static (string? Desired, string? Most) Sizes(JsonNode list)
        {
            JsonNode all = list["items"]![0]!["metadata"]!["annotations"]!;
            return ((string?)all["deployment.kubernetes.io/desired-replicas"], (string?)all["deployment.kubernetes.io/max-replicas"]);
        }

        Assert.Equal(("3", "4"), Sizes((await test.GetAsync(sets)).Body));
        test.Cluster.Scale("deployment", TestCluster.Namespace, "front", 10);
        await test.WaitForAsync(sets, list => Sizes(list) == ("10", "13"));
    }

    /// <summary>The state of a rollout, and its reason.</summary>
    private static string? Progress(JsonNode deployment)
    {
        JsonArray? conditions = deployment["status"]?["conditions"]?.AsArray();
        JsonNode? condition = conditions?.FirstOrDefault(item => (string?)item!["type"] == "Progressing");
        return condition is null ? null : $"{condition["status"]} {condition["reason"]}";
    }

    private static async Task<TestCluster> StartAsync(string strategy, TimeProvider? time = null)
    {
        TestCluster test = await TestCluster.StartAsync(time: time);
        test.Cluster.Apply($$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: front, namespace: k8s-example2 }
            spec:
              replicas: 3
              strategy: {{strategy}}
              selector: { matchLabels: { app: front } }
              template: { metadata: { labels: { app: front } }, spec: { containers: [{ name: c, image: front }] } }
            """);
        await test.WaitForAsync(Path, body => (int?)body["status"]!["readyReplicas"] == 3);
        return test;
    }

    /// <summary>Restarts, and tells after each change how many pods are ready, and how many there are that do not end.</summary>
    private static async IAsyncEnumerable<(int Ready, int All)> RestartAsync(TestCluster test)
    {
        (_, JsonNode list) = await test.GetAsync(Pods);
        Dictionary<string, bool> pods = list["items"]!.AsArray().ToDictionary(
            pod => (string)pod!["metadata"]!["name"]!, TestCluster.IsReady!, StringComparer.Ordinal);
        await test.MergeAsync(Path, """{"spec":{"template":{"metadata":{"annotations":{"x":"y"}}}}}""");
        static bool IsDone(JsonNode status) => (int?)status["updatedReplicas"] == 3
            && (int?)status["replicas"] == 3
            && (int?)status["readyReplicas"] == 3
            && (int?)status["observedGeneration"] == 2;
        await test.WaitForAsync(Path, body => IsDone(body["status"]!));
        foreach (JsonNode? change in await test.EventsSinceAsync(Pods, (string)list["metadata"]!["resourceVersion"]!))
        {
            JsonNode pod = change!["object"]!;
            string name = (string)pod["metadata"]!["name"]!;
            pods.Remove(name);
            if ((string?)change["type"] != "DELETED" && pod["metadata"]!["deletionTimestamp"] is null)
                pods[name] = TestCluster.IsReady(pod);
            yield return (pods.Count(entry => entry.Value), pods.Count);
        }
    }
}
