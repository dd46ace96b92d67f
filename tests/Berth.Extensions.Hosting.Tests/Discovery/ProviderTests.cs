using System.Net;
using Berth.ServiceDiscovery;
using Berth.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;

namespace Berth.Extensions.Hosting.Discovery;

/// <summary>The provider, used by the real resolver: its addresses, and when it tells of a change.</summary>
public sealed class ProviderTests
{
    private static readonly ServiceTarget s_other = new("k8s-example2", "other");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_endpoint_says_which_pod_it_is()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(0);
        await rig.PublishAsync([TestPods.Endpoint(0), TestPods.Endpoint(1, ready: false), TestPods.Endpoint(2)]);

        ServiceEndpointSource source = await ResolveAsync(rig, "http://lobby");
        Assert.Equal(["10.77.0.1:3000", "10.77.0.1:3002"], source.Endpoints.Select(Text).Order(StringComparer.Ordinal));
        Assert.All(source.Endpoints, static endpoint =>
        {
            PodEndpoint pod = endpoint.Features.Get<IPodEndpointFeature>()!.Pod;
            Assert.Equal(pod.Authority, Text(endpoint));
            Assert.Null(endpoint.Features.Get<IHostNameFeature>());
        });
    }

    [Fact]
    public async Task A_named_endpoint_is_the_port_of_that_name()
    {
        PortScheme ports = PortScheme.PerOrdinal([new EndpointPort("game", 3000), new EndpointPort("admin", 4000)], 1);
        await using PodRig rig = DiscoveryRig.Create(o => o.Map("arena", s_other, ports));
        await rig.StartAsync(0);
        EndpointView view = rig.Services.GetRequiredService<EndpointDirectory>().Follow(s_other, ports);
        PodEndpoint pod = PodEndpoint.Create(
            "other-2", "k8s-example2", [IPAddress.Parse("10.77.0.9")],
            [new EndpointPort("game", 3002), new EndpointPort("admin", 4002)], 2);
        await rig.Source.PublishAsync(view, [pod], null, Stop);

        Assert.Equal("10.77.0.9:3002", Text(Assert.Single((await ResolveAsync(rig, "http://arena")).Endpoints)));
        Assert.Equal("10.77.0.9:4002", Text(Assert.Single((await ResolveAsync(rig, "http://_admin.arena")).Endpoints)));
        ServiceEndpointSource one = await ResolveAsync(rig, "http://_admin.other-2.other.k8s-example2.berth");
        Assert.Equal("10.77.0.9:4002", Text(Assert.Single(one.Endpoints)));
        NoEndpointException exception = await Assert.ThrowsAsync<NoEndpointException>(() => ResolveAsync(rig, "http://_voice.arena"));
        Assert.Equal("Pod other-2 of k8s-example2 has no port named 'voice'. It has game, admin.", exception.Message);
    }

    [Fact]
    public async Task A_port_in_the_name_is_the_base_of_a_target_that_is_not_mapped()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(0);
        PortScheme ports = PortScheme.PerOrdinal(7000);
        EndpointView view = rig.Services.GetRequiredService<EndpointDirectory>().Follow(s_other, ports);
        PodEndpoint pod = PodEndpoint.Create("other-0", "k8s-example2", [IPAddress.Parse("10.77.0.9")], [new EndpointPort("", 7000)], 0);
        await rig.Source.PublishAsync(view, [pod], null, Stop);
        Assert.Equal("10.77.0.9:7000", Text(Assert.Single((await ResolveAsync(rig, "http://other.k8s-example2.berth:7000")).Endpoints)));
    }

    [Fact]
    public async Task Lists_are_turned_so_that_first_calls_reach_all_pods()
    {
        await using PodRig rig = DiscoveryRig.Create(static o => o.Random = new Random(7));
        await rig.StartAsync(0);
        await rig.PublishAsync(Enumerable.Range(0, 4).Select(static i => TestPods.Endpoint(i)));

        Dictionary<string, int> second = [];
        for (int i = 0; i < 200; i++)
        {
            // Two URLs of one name are two look-ups, each populated by itself.
            ServiceEndpointSource source = await ResolveAsync(rig, $"http://lobby:{1000 + i}");
            string picked = Text(source.Endpoints[1]);
            second[picked] = second.GetValueOrDefault(picked) + 1;
        }

        Assert.Equal(4, second.Count);
        Assert.All(second.Values, static count => Assert.InRange(count, 25, 80));
    }

    [Fact]
    public async Task The_token_is_latched_and_fires_when_the_new_snapshot_can_be_read()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(0);
        await rig.PublishAsync([TestPods.Endpoint(0)]);
        Builder first = await PopulateAsync(rig);
        IChangeToken token = Assert.Single(first.Tokens);
        Assert.True(token.ActiveChangeCallbacks);
        Assert.False(token.HasChanged);

        TaskCompletionSource<Task<Builder>> fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable registration = token.RegisterChangeCallback(_ => fired.SetResult(PopulateAsync(rig)), null);
        await rig.PublishAsync([TestPods.Endpoint(0), TestPods.Endpoint(1)]);
        Builder seen = await await fired.Task.WaitAsync(Wait.Limit, Stop);
        Assert.Equal(2, seen.Endpoints.Count);
        Assert.True(token.HasChanged);
        // Who comes late sees it all the same: registered after the change, the callback runs at once.
        bool late = false;
        using IDisposable other = token.RegisterChangeCallback(_ => late = true, null);
        Assert.True(late);
    }

    [Fact]
    public async Task A_failure_of_the_source_fires_nothing_and_takes_no_endpoint_away()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(0);
        await rig.PublishAsync([TestPods.Endpoint(0)]);
        Builder before = await PopulateAsync(rig);

        rig.Source.Fail(TestPods.Target, TestPods.Ports, "The API server is away.");
        await PushableSource.WaitForAsync(rig.View, static s => s.IsStale, Stop);
        Builder after = await PopulateAsync(rig);
        Assert.Single(after.Endpoints);
        Assert.False(before.Tokens[0].HasChanged);
        Assert.Equal(before.Tokens[0], after.Tokens[0]);
    }

    [Fact]
    public async Task Idle_names_end_nothing_in_the_directory()
    {
        await using PodRig rig = DiscoveryRig.Create();
        await rig.StartAsync(0);
        await rig.PublishAsync([TestPods.Endpoint(0)]);
        Assert.True(Factory(rig).TryCreateProvider(Query("http://lobby"), out IServiceEndpointProvider? provider));
        await provider.DisposeAsync();
        Assert.Single((await PopulateAsync(rig)).Endpoints);
        Assert.Contains(TestPods.Target, rig.Source.Opened);
    }

    [Fact]
    public async Task Without_a_first_snapshot_the_reason_is_thrown_after_the_timeout()
    {
        await using PodRig rig = DiscoveryRig.Create();
        rig.Builder.AddBerth(static s => s.FirstSnapshotTimeout = TimeSpan.FromMilliseconds(50));
        await rig.StartAsync(0);
        EndpointSourceException exception = await Assert.ThrowsAsync<EndpointSourceException>(() => ResolveAsync(rig, "http://lobby"));
        Assert.Contains("No endpoints of k8s-example2/service-b arrived", exception.Message, StringComparison.Ordinal);
    }

    internal static async Task<Builder> PopulateAsync(PodRig rig, string name = "http://lobby")
    {
        Assert.True(Factory(rig).TryCreateProvider(Query(name), out IServiceEndpointProvider? provider));
        Builder builder = new();
        await provider.PopulateAsync(builder, Stop);
        return builder;
    }

    internal static Task<ServiceEndpointSource> ResolveAsync(PodRig rig, string name) =>
        rig.Services.GetRequiredService<ServiceEndpointResolver>().GetEndpointsAsync(name, Stop).AsTask();

    private static IServiceEndpointProviderFactory Factory(PodRig rig) => Assert.Single(
        rig.Services.GetServices<IServiceEndpointProviderFactory>(),
        static factory => factory.GetType().Namespace!.StartsWith("Berth", StringComparison.Ordinal));

    private static ServiceEndpointQuery Query(string name) =>
        ServiceEndpointQuery.TryParse(name, out ServiceEndpointQuery? query) ? query : throw new FormatException(name);

    private static string Text(ServiceEndpoint endpoint) => endpoint.EndPoint.ToString()!;

    internal sealed class Builder : IServiceEndpointBuilder
    {
        public List<IChangeToken> Tokens { get; } = [];

        public IList<ServiceEndpoint> Endpoints { get; } = [];

        public Microsoft.AspNetCore.Http.Features.IFeatureCollection Features { get; } =
            new Microsoft.AspNetCore.Http.Features.FeatureCollection();

        public void AddChangeToken(IChangeToken changeToken) => Tokens.Add(changeToken);
    }
}
