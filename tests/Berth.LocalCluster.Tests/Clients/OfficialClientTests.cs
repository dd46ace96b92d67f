using k8s;
using k8s.Models;

namespace Berth.LocalCluster.Clients;

/// <summary>The official C# client, which shares nothing with the cluster's own code.</summary>
public sealed class OfficialClientTests
{
    [Fact]
    public async Task It_lists_watches_scales_and_deletes()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.All(TestManifests.Service, TestManifests.StatefulSet(2)));
        await test.WaitReadyAsync(2);
        // After the last write of the set's status: one between the reading and the replacing of its scale would be a conflict.
        await test.WaitForAsync(
            "/apis/apps/v1/namespaces/k8s-example2/statefulsets/service-b", set => (int?)set["status"]!["readyReplicas"] == 2);
        using Kubernetes client = await ClientAsync(test);
        V1PodList pods = await client.CoreV1.ListNamespacedPodAsync(TestCluster.Namespace, cancellationToken: TestCluster.Token);
        Assert.Equal(["service-b-0", "service-b-1"], pods.Items.Select(pod => pod.Metadata.Name));
        Assert.All(pods.Items, pod => Assert.Equal("Running", pod.Status.Phase));

        V1Scale scale = await client.AppsV1.ReadNamespacedStatefulSetScaleAsync(
            "service-b", TestCluster.Namespace, cancellationToken: TestCluster.Token);
        scale.Spec.Replicas = 3;
        await client.AppsV1.ReplaceNamespacedStatefulSetScaleAsync(
            scale,
            "service-b",
            TestCluster.Namespace,
            cancellationToken: TestCluster.Token);
        List<string> added = [];
        await foreach ((WatchEventType type, V1Pod pod) in client.CoreV1.WatchListNamespacedPodAsync(
            TestCluster.Namespace,
            resourceVersion: pods.Metadata.ResourceVersion,
            timeoutSeconds: 30,
            cancellationToken: TestCluster.Token))
        {
            if (type == WatchEventType.Added)
            {
                added.Add(pod.Metadata.Name);
                break;
            }
        }

        Assert.Equal(["service-b-2"], added);
        await client.CoreV1.DeleteNamespacedPodAsync(
            "service-b-0",
            TestCluster.Namespace,
            gracePeriodSeconds: 0,
            cancellationToken: TestCluster.Token);
        IReadOnlyList<PodSummary> after = await test.WaitReadyAsync(3);
        Assert.NotEqual(pods.Items[0].Metadata.Uid, after[0].Uid);

        V1EndpointSliceList slices = await client.DiscoveryV1.ListNamespacedEndpointSliceAsync(
            TestCluster.Namespace, labelSelector: "kubernetes.io/service-name=service-b", cancellationToken: TestCluster.Token);
        Assert.All(Assert.Single(slices.Items).Endpoints, endpoint => Assert.Equal("node-0", endpoint.NodeName));
    }

    [Fact]
    public async Task A_stale_replace_is_a_conflict()
    {
        await using TestCluster test = await TestCluster.StartAsync();
        test.Cluster.Apply(TestManifests.StatefulSet(0));
        using Kubernetes client = await ClientAsync(test);
        V1StatefulSet set = await client.AppsV1.ReadNamespacedStatefulSetAsync(
            "service-b", TestCluster.Namespace, cancellationToken: TestCluster.Token);
        test.Cluster.Scale("sts", TestCluster.Namespace, "service-b", 1);
        set.Spec.Replicas = 2;
        k8s.Autorest.HttpOperationException fault = await Assert.ThrowsAsync<k8s.Autorest.HttpOperationException>(
            () => client.AppsV1.ReplaceNamespacedStatefulSetAsync(
                set, "service-b", TestCluster.Namespace, cancellationToken: TestCluster.Token));
        Assert.Contains(
            "Operation cannot be fulfilled on statefulsets.apps \\\"service-b\\\": the object has been modified; "
            + "please apply your changes to the latest version and try again",
            fault.Response.Content,
            StringComparison.Ordinal);
    }

    private static async Task<Kubernetes> ClientAsync(TestCluster test)
    {
        FileInfo kubeconfig = new(test.Cluster.KubeconfigPath);
        return new Kubernetes(await KubernetesClientConfiguration.BuildConfigFromConfigFileAsync(kubeconfig));
    }
}
