using System.Diagnostics.Metrics;
using Berth.Dispatcher;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Remote.Tests;

/// <summary>Dispatchers of several clusters, and several clusters through dispatchers.</summary>
public sealed class ClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clusters_of_a_dispatcher_come_through_with_their_states()
    {
        await using TwoClusters clusters = new();
        await using ServedClusters served = await ServedClusters.StartAsync(clusters, "a");
        clusters.Push("east", 2);
        clusters.Push("west", 1);
        await using EndpointDirectory directory = RemoteEndpoints.Connect(served.Url);
        EndpointView view = directory.Follow(TestPods.Target, TestPods.Ports);
        EndpointSnapshot both = await UntilAsync(view, "east: 0 1; west: 0");
        Assert.Equal(["east", "east", "west"], both.Endpoints.Select(static pod => pod.Cluster));

        clusters.Push("west", TwoClusters.Pod("west", 0), TwoClusters.Pod("west", 1, ready: false));
        clusters.Push("east", 1);
        await UntilAsync(view, "east: 0; west: 0");
        clusters.Push("east", TwoClusters.Pod("east", 1));
        await UntilAsync(view, "east: 1; west: 0");
        Assert.Equal("west", view.Current!.FindByOrdinal(0)!.Cluster);

        clusters.Fail("west", "West is away.");
        EndpointSnapshot half = await UntilAsync(view, "east: 1; west: 0 (stale)");
        Assert.False(half.IsStale);
        Assert.Equal("West is away.", half.Clusters[1].Reason);
        clusters.Push("west", 3);
        await UntilAsync(view, "east: 1; west: 0 1 2");
    }

    [Fact]
    public async Task Cluster_through_a_dispatcher_has_the_name_that_it_is_given_here()
    {
        await using TestDispatcher far = await TestDispatcher.StartAsync("far");
        await far.PublishAsync(TestPods.Endpoint(0));
        await using TwoClusters near = new();
        await using ServedClusters several = await ServedClusters.StartAsync(near, "several");
        near.Push("east", 1);
        near.Push("west", 1);
        await using EndpointDirectory directory = ClusterEndpointSource.Connect(
            [new("one", Source(far.Url, "one", "me")), new("many", Source(several.Url, "many", "me"))]);
        EndpointView view = directory.Follow(TestPods.Target, TestPods.Ports);
        EndpointSnapshot all = await UntilAsync(view, "one: 0; many/east: 0; many/west: 0");
        Assert.Equal(["one", "many/east", "many/west"], all.Endpoints.Select(static pod => pod.Cluster));
        near.Push("west", 2);
        await UntilAsync(view, "one: 0; many/east: 0; many/west: 0 1");
    }

    [Fact]
    public async Task Silent_dispatcher_makes_all_clusters_behind_it_stale()
    {
        await using TestDispatcher far = await TestDispatcher.StartAsync("far");
        await far.PublishAsync(TestPods.Endpoint(0));
        await using TwoClusters near = new();
        ServedClusters several = await ServedClusters.StartAsync(near, "several");
        near.Push("east", 1);
        near.Push("west", 1);
        await using EndpointDirectory directory = ClusterEndpointSource.Connect(
            [new("one", Source(far.Url, "one", "me")), new("many", Source(several.Url, "many", "me"))]);
        EndpointView view = directory.Follow(TestPods.Target, TestPods.Ports);
        await UntilAsync(view, "one: 0; many/east: 0; many/west: 0");
        await several.DisposeAsync();
        Assert.False((await UntilAsync(view, "one: 0; many/east: 0 (stale); many/west: 0 (stale)")).IsStale);
    }

    [Fact]
    public async Task Loop_through_clusters_is_noticed_and_the_other_cluster_goes_on()
    {
        await using TwoClusters near = new();
        await using ServedClusters served = await ServedClusters.StartAsync(near, "me");
        near.Push("east", 1);
        near.Push("west", 1);
        await using TestDispatcher middle = await TestDispatcher.FollowAsync("middle", served.Url);
        await using TestDispatcher other = await TestDispatcher.StartAsync("other");
        await other.PublishAsync(TestPods.Endpoint(0));
        await using EndpointDirectory directory = ClusterEndpointSource.Connect(
            [new("back", Source(middle.Url, "back", "me")), new("one", Source(other.Url, "one", "me"))]);
        EndpointSnapshot found = await UntilAsync(
            directory.Follow(TestPods.Target, TestPods.Ports), "back: (not listed); one: 0");
        Assert.Contains("a loop, in which nothing new can arrive", found.Clusters[0].Reason, StringComparison.Ordinal);
    }

    private static RemoteEndpointSource Source(string url, string cluster, string runId) =>
        new([url], new RemoteEndpointSourceOptions { Cluster = cluster, RunId = runId });

    private static Task<EndpointSnapshot> UntilAsync(EndpointView view, string text) =>
        PushableSource.WaitForAsync(view, snapshot => TwoClusters.TextOf(snapshot) == text, Token);

    /// <summary>A dispatcher over two clusters.</summary>
    private sealed class ServedClusters(DispatcherServer server, Meter meter) : IAsyncDisposable
    {
        public string Url => server.Addresses[0];

        public static async Task<ServedClusters> StartAsync(TwoClusters clusters, string runId)
        {
            Meter meter = new("Berth");
            DispatcherOptions options = new()
            {
                Targets = [new DispatcherTarget(TestPods.Target, TestPods.Ports)],
                Urls = ["http://127.0.0.1:0"],
                RunId = runId,
            };
            return new ServedClusters(
                await DispatcherServer.StartAsync(
                    clusters.Directory, options, NullLoggerFactory.Instance, TimeProvider.System, meter, Token),
                meter);
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            meter.Dispose();
        }
    }
}
