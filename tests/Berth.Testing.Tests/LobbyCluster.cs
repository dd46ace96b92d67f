using Berth.Testing.XunitV3;

namespace Berth.Testing;

/// <summary>A cluster that the tests of a class share, with two pods.</summary>
public sealed class LobbyCluster : TestClusterFixture
{
    public const string Namespace = "k8s-example2";

    public TestStatefulSet Lobby { get; private set; } = null!;

    public IReadOnlyList<TestPod> AtFirst { get; private set; } = [];

    protected override TestClusterOptions Options => new() { Nodes = 2 };

    protected override async ValueTask PrepareAsync()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        Lobby = await Cluster.AddStatefulSetAsync(Namespace, "lobby", replicas: 2, cancellationToken: token);
        AtFirst = Lobby.Pods;
    }
}
