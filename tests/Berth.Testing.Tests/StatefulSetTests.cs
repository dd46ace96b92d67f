using System.Net;
using System.Net.Sockets;
using Berth.Kubernetes;
using Berth.LocalCluster;
using Berth.TestKit;

namespace Berth.Testing;

/// <summary>Sets of pods: their ports, what happens to them, and what clients of Berth see.</summary>
public sealed class StatefulSetTests
{
    private const string Namespace = "k8s-example2";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Berth_finds_pods_where_the_test_listens()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        TestStatefulSet lobby = await cluster.AddStatefulSetAsync(Namespace, "lobby", replicas: 3, cancellationToken: Token);
        using TcpListener listener = new(lobby[2].EndPoint);
        listener.Start();
        await using EndpointDirectory berth = Connect(cluster);

        EndpointSnapshot pods = await berth.GetEndpointsAsync(Namespace, "lobby", lobby.BasePort, Token);
        Assert.Equal(lobby.Pods.Select(static pod => pod.EndPoint.ToString()), pods.Available.Select(static pod => pod.Authority));
        PodEndpoint named = new OrdinalPicker(2).Pick(pods);
        using TcpClient client = new();
        await client.ConnectAsync(IPEndPoint.Parse(named.Authority), Token);
        using TcpClient accepted = await listener.AcceptTcpClientAsync(Token);
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task The_first_list_of_a_client_has_what_the_test_has_waited_for()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        TestStatefulSet lobby = await cluster.AddStatefulSetAsync(Namespace, "lobby", replicas: 0, cancellationToken: Token);
        for (int replicas = 1; replicas <= 8; replicas++)
        {
            await lobby.ScaleAsync(replicas, Token);
            Assert.Equal(replicas, await ReadyAsync(cluster));
            await lobby.SetReadyAsync(0, false, Token);
            Assert.Equal(replicas - 1, await ReadyAsync(cluster));
            await lobby.SetReadyAsync(0, true, Token);
            Assert.Equal(replicas, await ReadyAsync(cluster));
        }

        await lobby.ScaleAsync(0, Token);
        Assert.Equal(0, await ReadyAsync(cluster));
    }

    [Fact]
    public async Task Pods_are_scaled_replaced_killed_and_unready()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        TestStatefulSet lobby = await cluster.AddStatefulSetAsync(Namespace, "lobby", cancellationToken: Token);
        TestPod first = lobby[0];

        await lobby.ScaleAsync(3, Token);
        Assert.Equal([0, 1, 2], lobby.Pods.Select(static pod => pod.Ordinal));
        Assert.Equal(first, lobby[0]);

        TestPod second = await lobby.ReplaceAsync(0, Token);
        Assert.NotEqual(first.Uid, second.Uid);
        Assert.Equal(first.EndPoint, second.EndPoint);

        TestPod killed = await lobby.KillAsync(1, Token);
        Assert.True(killed is { Restarts: 1, IsReady: true });

        Assert.False((await lobby.SetReadyAsync(2, false, Token)).IsReady);
        Assert.False((await lobby.KillAsync(2, Token)).IsReady);
        Assert.True((await lobby.SetReadyAsync(2, true, Token)).IsReady);

        await lobby.ScaleAsync(0, Token);
        Assert.Empty(lobby.Pods);
    }

    [Fact]
    public async Task Berth_sees_readiness_and_the_loss_of_the_api()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        TestStatefulSet lobby = await cluster.AddStatefulSetAsync(Namespace, "lobby", replicas: 2, cancellationToken: Token);
        await using EndpointDirectory berth = Connect(cluster);
        EndpointView view = berth.Follow(ServiceTarget.Parse($"{Namespace}/lobby"), PortScheme.PerOrdinal(lobby.BasePort));

        await lobby.SetReadyAsync(1, false, Token);
        await UntilAsync(view, static pods => pods.Available.Count == 1);
        await cluster.Faults.CutApiAsync();
        await UntilAsync(view, static pods => pods.IsStale);
        await lobby.SetReadyAsync(1, true, Token);
        await cluster.Faults.RestoreApiAsync(Token);
        await UntilAsync(view, static pods => !pods.IsStale && pods.Available.Count == 2);
    }

    [Fact]
    public async Task Clusters_have_different_ports_that_are_free_again()
    {
        await using TestCluster kept = await TestCluster.StartAsync(cancellationToken: Token);
        int first = kept.TakePorts();
        int second = kept.TakePorts();
        int third;
        await using (TestCluster other = await TestCluster.StartAsync(cancellationToken: Token))
        {
            third = other.TakePorts();
            Assert.Equal(3, new HashSet<int> { first, second, third }.Count);
            Assert.False(CanListen(third + 49));
        }

        Assert.True(CanListen(third + 49));
    }

    [Fact]
    public async Task Sets_of_manifests_are_found_with_their_base_port()
    {
        using TestFolder folder = new();
        string path = folder.Write("set.yaml", """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: { name: arena }
            spec:
              replicas: 2
              serviceName: arena
              selector: { matchLabels: { app: arena } }
              template:
                metadata: { labels: { app: arena } }
                spec: { hostNetwork: true, containers: [{ name: arena, image: registry.example.com/arena:1 }] }
            """);
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        cluster.ApplyFile(path);
        await cluster.WaitForPodsAsync(static pods => pods.Count == 2 && pods.All(static pod => pod.Ready), Token);

        TestStatefulSet arena = cluster.GetStatefulSet("default", "arena", basePort: 4000);
        Assert.Equal(["127.0.0.1:4000", "127.0.0.1:4001"], arena.Pods.Select(static pod => pod.EndPoint.ToString()));
        LocalClusterException missing = Assert.Throws<LocalClusterException>(() => cluster.GetStatefulSet("default", "none", 4000));
        Assert.Equal("There is no StatefulSet default/none. Apply its manifest first.", missing.Message);
        LocalClusterException beyond = Assert.Throws<LocalClusterException>(() => arena[7]);
        Assert.Equal("There is no pod arena-7 in default at the moment. There are arena-0, arena-1.", beyond.Message);
    }

    [Theory]
    [InlineData(-1, 3000, "The number of pods is -1. Give 0 or more.")]
    [InlineData(2, 65535, "2 pods from port 65535 on need ports above 65535. Give a lower base port.")]
    [InlineData(1, 0, "The base port is 0. Give 1 to 65535.")]
    [InlineData(50, null, "50 pods need as many ports, and k8s-example2/lobby has 49. Give a base port.")]
    public async Task Values_out_of_range_are_refused(int replicas, int? basePort, string message)
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        LocalClusterException fault = await Assert.ThrowsAsync<LocalClusterException>(
            () => cluster.AddStatefulSetAsync(Namespace, "lobby", replicas, basePort, Token));
        Assert.Equal(message, fault.Message);
    }

    [Fact]
    public async Task Options_out_of_range_are_named_together()
    {
        LocalClusterException fault = await Assert.ThrowsAsync<LocalClusterException>(
            () => TestCluster.StartAsync(new TestClusterOptions { Nodes = 0, HistoryLimit = 0 }, Token));
        Assert.Equal("Nodes is 0. Give 1 to 50. HistoryLimit is 0. Give 1 or more.", fault.Message);
    }

    [Theory]
    [InlineData(200, null, "Requests cannot be refused with 200. Give 401, 403, 429, 500, 503 or 504.")]
    [InlineData(429, -1, "The time to retry after is -00:00:01. Give 0 s to 365 days, or none.")]
    public async Task Refusals_out_of_range_are_refused(int code, int? seconds, string message)
    {
        await using TestCluster cluster = await TestCluster.StartAsync(cancellationToken: Token);
        TimeSpan? retryAfter = seconds is { } value ? TimeSpan.FromSeconds(value) : null;
        LocalClusterException fault = Assert.Throws<LocalClusterException>(() => cluster.Faults.RefuseRequests(code, retryAfter));
        Assert.Equal(message, fault.Message);
    }

    /// <summary>Counts the ready pods in the first list of a new client.</summary>
    private static async Task<int> ReadyAsync(TestCluster cluster)
    {
        await using EndpointDirectory berth = Connect(cluster);
        return (await berth.GetEndpointsAsync(Namespace, "lobby", 3000, Token)).Available.Count;
    }

    private static EndpointDirectory Connect(TestCluster cluster) =>
        KubernetesEndpoints.Connect(KubernetesEndpoints.FindAccess(new ClusterAccessOptions { Kubeconfig = cluster.KubeconfigPath }));

    private static async Task UntilAsync(EndpointView view, Func<EndpointSnapshot, bool> condition)
    {
        await foreach (EndpointSnapshot pods in view.ReadAllAsync(Token))
        {
            if (condition(pods))
                return;
        }
    }

    private static bool CanListen(int port)
    {
        try
        {
            using TcpListener listener = new(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
