// Tests as a user writes them, from packages alone: one cluster for the class, whose pods are followed while one is replaced.
using Berth;
using Berth.Kubernetes;
using Berth.Testing;
using Berth.Testing.XunitV3;
using Xunit;

[assembly: AssemblyFixture(typeof(TestClusterFixture))]

public sealed class LobbyCluster : TestClusterFixture
{
    public TestStatefulSet Lobby { get; private set; } = null!;

    protected override async ValueTask PrepareAsync() => Lobby = await Cluster.AddStatefulSetAsync("games", "lobby", replicas: 2);
}

public sealed class LobbyTests(LobbyCluster cluster, TestClusterFixture shared) : IClassFixture<LobbyCluster>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replaced_pod_is_another_process_at_the_same_port()
    {
        await using EndpointDirectory directory = KubernetesEndpoints.Connect(
            KubernetesEndpoints.FindAccess(new ClusterAccessOptions { Kubeconfig = cluster.Cluster.KubeconfigPath }));
        EndpointView view = directory.Follow(new ServiceTarget("games", "lobby"), PortScheme.PerOrdinal(cluster.Lobby.BasePort));
        PodEndpoint before = (await view.GetEndpointsAsync(Cancelled)).Available.Single(static pod => pod.Ordinal == 1);

        TestPod after = await cluster.Lobby.ReplaceAsync(1, Cancelled);

        Assert.NotEqual(before.Uid, after.Uid);
        Assert.Equal(before.Port, after.EndPoint.Port);
        Assert.Equal(["lobby-0", "lobby-1"], cluster.Lobby.Pods.Select(static pod => pod.Name));
    }

    [Fact]
    public void Fixture_of_the_assembly_is_a_cluster_of_its_own()
    {
        Assert.Empty(shared.Cluster.Pods);
        Assert.NotEqual(shared.Cluster.Server, cluster.Cluster.Server);
    }
}
