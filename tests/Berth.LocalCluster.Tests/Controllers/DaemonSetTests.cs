using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Controllers;

/// <summary>One pod on each node that a DaemonSet may be on.</summary>
public sealed class DaemonSetTests
{
    private const string Path = "/apis/apps/v1/namespaces/k8s-example2/daemonsets/edge";

    private const string Set = """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: { name: edge, namespace: k8s-example2 }
        spec:
          selector: { matchLabels: { app: edge } }
          template:
            metadata: { labels: { app: edge } }
            spec:
              hostNetwork: true
              containers: [{ name: c, image: x, ports: [{ containerPort: 7000 }] }]
        """;

    [Fact]
    public async Task One_pod_is_on_each_node_and_the_status_says_so()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 3);
        test.Cluster.Apply(Set);

        IReadOnlyList<PodSummary> pods = await test.WaitReadyAsync(3);

        Assert.Equal(["node-0", "node-1", "node-2"], pods.Select(static pod => pod.Node).Order(StringComparer.Ordinal));
        JsonNode set = await test.WaitForAsync(Path, static set => (int?)set["status"]?["numberAvailable"] == 3);
        Assert.Equal((3, 3), ((int)set["status"]!["desiredNumberScheduled"]!, (int)set["status"]!["numberReady"]!));
    }

    [Fact]
    public async Task Pods_follow_node_selectors_taints_and_cordons()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 3);
        await test.MergeAsync("/api/v1/nodes/node-1", """{"spec":{"taints":[{"key":"a","effect":"NoSchedule"}]}}""");
        await test.MergeAsync("/api/v1/nodes/node-2", """{"spec":{"unschedulable":true}}""");
        test.Cluster.Apply(Set);

        // A cordon keeps other pods away, and no DaemonSet's.
        IReadOnlyList<PodSummary> pods = await test.WaitReadyAsync(2);
        Assert.Equal(["node-0", "node-2"], pods.Select(static pod => pod.Node).Order(StringComparer.Ordinal));

        await test.PatchAsync(Path, """{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/hostname":"node-0"}}}}}""");
        Assert.Equal("node-0", Assert.Single(await test.WaitReadyAsync(1)).Node);
    }

    [Fact]
    public async Task Changed_template_replaces_one_pod_at_a_time()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 3);
        test.Cluster.Apply(Set);
        await test.WaitReadyAsync(3);
        JsonNode before = (await test.GetAsync("/api/v1/pods")).Body;
        HashSet<string> ready = [.. before["items"]!.AsArray().Select(static pod => (string)pod!["metadata"]!["uid"]!)];

        await test.PatchAsync(Path, """{"spec":{"template":{"metadata":{"annotations":{"v":"2"}}}}}""");
        // The status of before the change says the same of the old template.
        await test.WaitForAsync(Path, static set => (int?)set["status"]!["observedGeneration"] == (int)set["metadata"]!["generation"]!
            && (int?)set["status"]!["updatedNumberScheduled"] == 3 && (int?)set["status"]!["numberAvailable"] == 3);
        await test.WaitReadyAsync(3);

        int least = ready.Count;
        HashSet<string> old = [.. ready];
        foreach (JsonNode? item in await test.EventsSinceAsync("/api/v1/pods", (string)before["metadata"]!["resourceVersion"]!))
        {
            string uid = (string)item!["object"]!["metadata"]!["uid"]!;
            if ((string?)item["type"] != "DELETED" && item["object"]!["metadata"]!["deletionTimestamp"] is null
                && TestCluster.IsReady(item["object"]!))
                ready.Add(uid);
            else
                ready.Remove(uid);
            least = Math.Min(least, ready.Count);
        }

        Assert.Equal((3, 2), (ready.Count, least));
        Assert.DoesNotContain(ready, old.Contains);
    }

    [Fact]
    public async Task Deleted_pod_comes_back_on_its_node()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 1);
        test.Cluster.Apply(Set);
        PodSummary first = Assert.Single(await test.WaitReadyAsync(1));

        test.Cluster.Delete("pod", "k8s-example2", first.Name);

        await test.WaitAsync(pods => pods is [{ Ready: true } pod] && pod.Uid != first.Uid);
    }
}
