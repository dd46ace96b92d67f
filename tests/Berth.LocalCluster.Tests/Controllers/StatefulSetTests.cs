using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Controllers;

public sealed class StatefulSetTests
{
    private const string Claims = "/api/v1/namespaces/k8s-example2/persistentvolumeclaims";
    private const string Set = "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b";
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";

    [Theory]
    [InlineData("OrderedReady")]
    [InlineData("Parallel")]
    public async Task Pods_have_their_names_labels_and_owner(string policy)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(3, policy));
        IReadOnlyList<PodSummary> pods = await test.WaitReadyAsync(3);
        Assert.Equal(["service-b-0", "service-b-1", "service-b-2"], pods.Select(pod => pod.Name));
        Assert.All(pods, pod =>
        {
            Assert.Equal(pod.Name, pod.Labels["statefulset.kubernetes.io/pod-name"]);
            Assert.EndsWith("-" + pod.Labels["apps.kubernetes.io/pod-index"], pod.Name, StringComparison.Ordinal);
            Assert.Matches("^service-b-[bcdfghjklmnpqrstvwxz2456789]+$", pod.Labels["controller-revision-hash"]);
            Assert.Equal("127.0.0.1", pod.PodIP);
        });
    }

    [Fact]
    public async Task Ordinals_start_where_the_spec_says()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(2, extra: "ordinals: { start: 5 }"));
        Assert.Equal(["service-b-5", "service-b-6"], (await test.WaitReadyAsync(2)).Select(pod => pod.Name));
    }

    [Fact]
    public async Task Ordered_pods_come_one_after_the_other_and_go_from_the_top()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(3));
        await test.WaitReadyAsync(3);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 0);
        await test.WaitAsync(pods => pods.Count == 0);
        (_, JsonNode list) = await test.GetAsync("/api/v1/namespaces/k8s-example2/pods");
        List<string> events = [];
        await foreach (JsonNode item in test.WatchAsync("/api/v1/namespaces/k8s-example2/pods?watch=1&resourceVersion=1&timeoutSeconds=30"))
        {
            string name = (string)item["object"]!["metadata"]!["name"]!;
            bool ready = TestCluster.IsReady(item["object"]!);
            string what = (string)item["type"]! == "MODIFIED" ? (
                ready && item["object"]!["metadata"]!["deletionTimestamp"] is null ? "READY" : string.Empty) : (string)item["type"]!;
            if (what.Length > 0 && !events.Contains($"{what} {name[^1]}"))
            {
                events.Add($"{what} {name[^1]}");
            }

            if (events.Count == 9)
            {
                break;
            }
        }

        Assert.Empty(list["items"]!.AsArray());
        Assert.Equal(["ADDED 0", "READY 0", "ADDED 1", "READY 1", "ADDED 2", "READY 2", "DELETED 2", "DELETED 1", "DELETED 0"], events);
    }

    [Fact]
    public async Task A_claim_is_a_volume_of_each_pod()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply("""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: { name: service-b, namespace: k8s-example2 }
            spec:
              replicas: 2
              selector: { matchLabels: { app: service-b } }
              volumeClaimTemplates:
              - metadata: { name: data, labels: { app: mine, kind: disk } }
                spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
              template:
                metadata: { labels: { app: service-b } }
                spec:
                  volumes: [{ name: data, emptyDir: {} }, { name: other, emptyDir: {} }]
                  containers: [{ name: c, image: x, volumeMounts: [{ name: data, mountPath: /data }] }]
            """);
        await test.WaitReadyAsync(2);
        (_, JsonNode pod) = await test.GetAsync("/api/v1/namespaces/k8s-example2/pods/service-b-1");
        Assert.Equal(
            """[{"name":"data","persistentVolumeClaim":{"claimName":"data-service-b-1"}},{"name":"other","emptyDir":{}}]""",
            pod["spec"]!["volumes"]!.ToJsonString());

        (_, JsonNode claims) = await test.GetAsync(Claims);
        Assert.Equal(
            ["data-service-b-0", "data-service-b-1"],
            claims["items"]!.AsArray().Select(static claim => (string?)claim!["metadata"]!["name"]));
        JsonNode claim = claims["items"]![1]!;
        Assert.Equal("""{"app":"service-b","kind":"disk"}""", claim["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal(
            """{"phase":"Bound","accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"}}""", claim["status"]!.ToJsonString());
        Assert.Equal(
            "Create Claim data-service-b-0 Pod service-b-0 in StatefulSet service-b success",
            await test.EventAsync("SuccessfulCreate", "service-b"));
        Assert.Contains("data-service-b-1   Bound", await Clients.Kubectl.RunAsync(test, "get", "pvc"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Retain", 1)]
    [InlineData("Delete", 0)]
    public async Task Claims_stay_when_their_set_goes_unless_it_says_otherwise(string policy, int left)
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply($$"""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: { name: db, namespace: k8s-example2 }
            spec:
              selector: { matchLabels: { app: db } }
              persistentVolumeClaimRetentionPolicy: { whenDeleted: {{policy}}, whenScaled: Retain }
              volumeClaimTemplates:
              - { metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }
              template:
                metadata: { labels: { app: db } }
                spec: { containers: [{ name: c, image: x }] }
            """);
        await test.WaitReadyAsync(1);

        test.Cluster.Delete("sts", "k8s-example2", "db");

        await test.WaitAsync(static pods => pods.Count == 0);
        await test.WaitForAsync(Claims, list => list["items"]!.AsArray().Count == left);
    }

    [Fact]
    public async Task Pod_waits_for_the_claim_that_it_names()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply("""
            apiVersion: v1
            kind: Pod
            metadata: { name: p, namespace: k8s-example2 }
            spec:
              volumes: [{ name: v, persistentVolumeClaim: { claimName: games } }]
              containers: [{ name: c, image: x }]
            """);
        Assert.Equal(
            "0/1 nodes are available: persistentvolumeclaim \"games\" not found. no new claims to deallocate, "
                + "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
            await test.EventAsync("FailedScheduling", "p"));

        await test.SendAsync(
            HttpMethod.Post,
            Claims,
            """{"metadata":{"name":"games"},"spec":{"accessModes":["ReadWriteMany"],"resources":{"requests":{"storage":"1Gi"}}}}""");

        await test.WaitReadyAsync(1);
    }

    [Fact]
    public async Task A_rolling_update_stops_at_the_partition()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(3, "Parallel", "updateStrategy: { rollingUpdate: { partition: 2 } }"));
        IReadOnlyList<PodSummary> before = await test.WaitReadyAsync(3);
        await test.MergeAsync(Set, """{"spec":{"template":{"metadata":{"annotations":{"x":"y"}}}}}""");
        IReadOnlyList<PodSummary> after = await test.WaitAsync(
            pods => pods.Count == 3 && pods.All(pod => pod.Ready && !pod.Terminating) && pods[2].Uid != before[2].Uid);
        Assert.Equal(before.Take(2).Select(pod => pod.Uid), after.Take(2).Select(pod => pod.Uid));
        Assert.NotEqual(before[2].Labels["controller-revision-hash"], after[2].Labels["controller-revision-hash"]);

        // A pod below the partition is created again with the same template.
        test.Cluster.Delete("pod", TestCluster.Namespace, "service-b-0");
        after = await test.WaitAsync(
            pods => pods.Count == 3 && pods.All(pod => pod.Ready && !pod.Terminating) && pods[0].Uid != before[0].Uid);
        Assert.Equal(before[0].Labels["controller-revision-hash"], after[0].Labels["controller-revision-hash"]);
    }

    [Theory]
    [InlineData("OrderedReady")]
    [InlineData("Parallel")]
    public async Task A_rolling_update_takes_one_pod_at_a_time_and_waits_until_it_is_ready(string policy)
    {
        const string pods = "/api/v1/namespaces/k8s-example2/pods";
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(4, policy));
        await test.WaitReadyAsync(4);
        (_, JsonNode list) = await test.GetAsync(pods);
        await test.MergeAsync(Set, """{"spec":{"template":{"metadata":{"annotations":{"x":"y"}}}}}""");
        static bool IsDone(JsonNode status) => (int?)status["observedGeneration"] == 2
            && (int?)status["updatedReplicas"] == 4
            && (int?)status["readyReplicas"] == 4;
        await test.WaitForAsync(Set, set => IsDone(set["status"]!));
        HashSet<string> well = ["service-b-0", "service-b-1", "service-b-2", "service-b-3"];
        List<string> restarted = [];
        foreach (JsonNode? change in await test.EventsSinceAsync(pods, (string)list["metadata"]!["resourceVersion"]!))
        {
            JsonNode pod = change!["object"]!;
            string name = (string)pod["metadata"]!["name"]!;
            bool ready = TestCluster.IsReady(pod);
            if (ready && pod["metadata"]!["deletionTimestamp"] is null && (string?)change["type"] != "DELETED")
                well.Add(name);
            else if (well.Remove(name))
                restarted.Add(name);
            Assert.True(well.Count >= 3, $"Only {string.Join(", ", well)} were well.");
        }

        Assert.Equal(["service-b-3", "service-b-2", "service-b-1", "service-b-0"], restarted);
    }

    [Fact]
    public async Task Old_revisions_are_kept_up_to_the_limit()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(1, "Parallel", "revisionHistoryLimit: 2"));
        IReadOnlyList<PodSummary> pods = await test.WaitReadyAsync(1);
        for (int i = 0; i < 5; i++)
        {
            string uid = pods[0].Uid;
            await test.MergeAsync(Set, $$"""{"spec":{"template":{"metadata":{"annotations":{"x":"{{i}}"} } } } }""");
            pods = await test.WaitAsync(now => now.Count == 1 && now[0].Ready && !now[0].Terminating && now[0].Uid != uid);
        }

        // The one in use, and the two before it.
        JsonNode revisions = await test.WaitForAsync(
            "/apis/apps/v1/namespaces/k8s-example2/controllerrevisions", list => list["items"]!.AsArray().Count == 3);
        Assert.Equal([4, 5, 6], revisions["items"]!.AsArray().Select(item => (int)item!["revision"]!).Order());
    }

    [Fact]
    public async Task Many_pods_are_spread_over_nodes_and_over_slices_of_100()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 3);
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(260, "Parallel")));
        IReadOnlyList<PodSummary> pods = await test.WaitReadyAsync(260);
        JsonNode list = await test.WaitForAsync(Slices, body => TestCluster.CountReady(body) == 260);
        int[] sizes = [.. list["items"]!.AsArray().Select(slice => slice!["endpoints"]!.AsArray().Count).OrderDescending()];
        JsonArray slices = Recordings.Read("list-260-pods-3-slices")["items"]!.AsArray();
        int[] recorded = [.. slices.Select(slice => slice!["endpoints"]!.AsArray().Count).OrderDescending()];
        Assert.Equal(recorded, sizes);
        Assert.Equal(["127.0.0.1", "127.0.0.2", "127.0.0.3"], pods.Select(pod => pod.PodIP).Distinct().Order(StringComparer.Ordinal));
        Assert.All(pods.CountBy(pod => pod.Node!), count => Assert.InRange(count.Value, 80, 93));
    }

    [Fact]
    public async Task Slice_without_pods_is_a_placeholder_and_goes_with_the_service()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(1)));
        JsonNode full = await test.WaitForAsync(
            Slices, body => body["items"]!.AsArray() is [{ } slice] && slice["endpoints"] is JsonArray { Count: 1 });
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 0);
        JsonNode empty = await test.WaitForAsync(Slices, body => body["items"]!.AsArray() is [{ } slice] && slice["endpoints"] is null);
        Assert.Equal((string?)full["items"]![0]!["metadata"]!["name"], (string?)empty["items"]![0]!["metadata"]!["name"]);
        Assert.Null(empty["items"]![0]!["ports"]);
        test.Cluster.Delete("svc", TestCluster.Namespace, "service-b");
        await test.WaitForAsync(Slices, body => body["items"]!.AsArray().Count == 0);
    }
}
