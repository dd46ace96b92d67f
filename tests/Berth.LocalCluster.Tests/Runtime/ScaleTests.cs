using System.Text.Json.Nodes;

namespace Berth.LocalCluster.Runtime;

/// <summary>Many pods, without processes.</summary>
public sealed class ScaleTests
{
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices";

    /// <summary>The time is in the diagnostic message. The test counts writes, which do not depend on the machine.</summary>
    [Fact]
    public async Task A_thousand_pods_on_twenty_nodes_are_ready_with_few_writes_each()
    {
        const int Pods = 1000;
        await using TestCluster test = await TestCluster.StartAsync(nodes: 20);
        long before = TestCluster.VersionOf((await test.GetAsync(Slices)).Body);
        long began = TimeProvider.System.GetTimestamp();
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(Pods, "Parallel")));
        IReadOnlyList<PodSummary> pods = await test.WaitReadyAsync(Pods);
        JsonNode list = await test.WaitForAsync(Slices, static body => TestCluster.CountReady(body) == Pods);
        TimeSpan took = TimeProvider.System.GetElapsedTime(began);
        long writes = TestCluster.VersionOf(list) - before;
        TestContext.Current.SendDiagnosticMessage(
            $"1,000 pods on 20 nodes were ready after {took.TotalSeconds:0.0} s and {writes} writes.");
        // Creation, binding and status of a pod; then at most its own update of the set and of its slice, and some events.
        Assert.InRange(writes, 3 * Pods, 12 * Pods);
        Assert.Equal(10, list["items"]!.AsArray().Count);
        Assert.All(pods.CountBy(pod => pod.Node!), node => Assert.Equal(50, node.Value));
    }

    [Fact]
    public async Task Two_pods_with_one_host_port_do_not_share_a_node()
    {
        await using TestCluster test = await TestCluster.StartAsync(nodes: 2);
        // Bare pods: a set could make the deleted pod again before the one that waits has its place.
        test.Cluster.Apply(TestManifests.All([.. Enumerable.Range(0, 3).Select(static i => $$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: p-{{i}}, namespace: k8s-example2 }
            spec: { hostNetwork: true, containers: [{ name: c, image: x, ports: [{ containerPort: 3000 }] }] }
            """)]));
        IReadOnlyList<PodSummary> pods = await test.WaitAsync(
            all => all.Count(pod => pod.Ready) == 2 && all.Count(pod => pod.State == "Pending") == 1);
        Assert.Equal(["node-0", "node-1"], pods.Where(pod => pod.Ready).Select(pod => pod.Node).Order(StringComparer.Ordinal));
        PodSummary waiting = pods.Single(pod => !pod.Ready);
        Assert.Null(waiting.Node);
        test.Cluster.Delete("pod", TestCluster.Namespace, pods.First(pod => pod.Ready).Name);
        await test.WaitAsync(all => all.Single(pod => pod.Uid == waiting.Uid).Ready);
    }
}
