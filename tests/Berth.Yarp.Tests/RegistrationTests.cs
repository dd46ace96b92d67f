using System.Text;
using Berth.TestKit;
using Berth.Yarp.Resolving;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Berth.Yarp;

/// <summary>The registration that gives a proxy its pods, and what it refuses.</summary>
public sealed class RegistrationTests : IAsyncLifetime
{
    private readonly YarpFixture _yarp = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _yarp.DisposeAsync();

    [Fact]
    public async Task A_proxy_reads_targets_and_affinity_from_configuration()
    {
        await _yarp.StartSetAsync(2);
        IConfiguration configuration = JsonConfiguration("""
            {
              "Routes": { "c": { "ClusterId": "c", "Match": { "Path": "/c/{**rest}" } } },
              "Clusters": {
                "c": {
                  "SessionAffinity": { "Enabled": true, "Policy": "BerthPod" },
                  "Destinations": {
                    "c": {
                      "Address": "http://service-b/",
                      "Metadata": { "Berth.Target": "k8s-example2/service-b", "Berth.BasePort": "3000" }
                    }
                  }
                }
              }
            }
            """);
        await _yarp.StartProxyAsync([], configure: proxy => proxy.LoadFromConfig(configuration));
        Assert.Equal("service-b-1", await _yarp.AskAsync("/c/x", ("Berth-Pod", "1")));
        Assert.StartsWith("503 The pod '7'", await _yarp.GetAsync("/c/x", ("Berth-Pod", "7")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("service-b", "3000", "Berth.Target is not a target. The target 'service-b' is not of the form NAMESPACE/SERVICE.")]
    [InlineData("k8s-example2/service-b", "0", "Berth.BasePort is '0'. Give 1 to 65535.")]
    [InlineData("k8s-example2/service-b", "x", "Berth.BasePort is 'x'. Give 1 to 65535.")]
    public async Task A_destination_that_is_wrong_ends_the_start(string target, string basePort, string fault)
    {
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => _yarp.StartProxyAsync([YarpFixture.Cluster(target: target, basePort: basePort)]));
        Assert.Contains($"The destination 'b' cannot be used: {fault}", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_destination_that_is_wrong_later_costs_only_its_own_pods()
    {
        PodServer[] servers = await _yarp.StartSetAsync(1);
        await _yarp.StartProxyAsync([YarpFixture.Cluster()]);
        _yarp.Config.Update(
            [.. YarpFixture.Routes(), .. YarpFixture.Routes("c")], [YarpFixture.Cluster(), YarpFixture.Cluster("c", basePort: "x")]);
        await _yarp.UntilAsync("/c/x", "503");
        Assert.Contains("The destination 'c' has no pods: Berth.BasePort is 'x'. Give 1 to 65535.", _yarp.Log.Texts);

        PodServer second = await _yarp.StartAsync("service-b-1");
        await _yarp.PublishAsync(servers[0].Pod(0, ready: false), second.Pod(1));
        await _yarp.UntilAsync("/b/x", "200 service-b-1");
    }

    [Fact]
    public async Task A_target_takes_its_ports_from_the_options()
    {
        ClusterConfig cluster = YarpFixture.Cluster();
        cluster = cluster with
        {
            Destinations = new Dictionary<string, DestinationConfig>
            {
                ["b"] = new()
                {
                    Address = "http://any/",
                    Metadata = new Dictionary<string, string> { [BerthDestination.Target] = "k8s-example2/service-b" },
                },
            },
        };
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _yarp.StartProxyAsync([cluster]));
        Assert.Contains("k8s-example2/service-b has no ports.", refused.ToString(), StringComparison.Ordinal);

        await using YarpFixture yarp = new();
        await yarp.StartSetAsync(1);
        Dictionary<ServiceTarget, PortScheme> ports = new() { [TestPods.Target] = TestPods.Ports };
        await yarp.StartProxyAsync([cluster], options: new BerthYarpOptions { TargetPorts = ports });
        Assert.Equal("service-b-0", await yarp.AskAsync("/b/x"));
    }

    [Fact]
    public void Options_name_all_their_faults_at_once()
    {
        BerthYarpOptions options = new() { MinChangeInterval = TimeSpan.Zero, WebSocketIdleTimeout = TimeSpan.FromDays(-1) };
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => new ServiceCollection().AddReverseProxy().AddBerthDestinations(options));
        Assert.Contains("MinChangeInterval is 00:00:00.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("WebSocketIdleTimeout is -1.00:00:00.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_registration_is_refused()
    {
        IReverseProxyBuilder proxy = new ServiceCollection().AddReverseProxy().AddBerthDestinations();
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => proxy.AddBerthDestinations());
        Assert.Equal("AddBerthDestinations was called twice. Call it once, with the ports of all targets.", refused.Message);
    }

    [Fact]
    public void A_registration_after_the_host_is_built_is_told()
    {
        ServiceCollection services = [];
        IReverseProxyBuilder proxy = services.AddReverseProxy();
        services.MakeReadOnly();
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => proxy.AddBerthDestinations());
        Assert.Contains("Call AddBerthDestinations before Build().", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_without_a_directory_is_told_to_register_one()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddReverseProxy().AddBerthDestinations();
        using ServiceProvider provider = services.BuildServiceProvider();
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(
            () => provider.GetRequiredService<IDestinationResolver>());
        Assert.StartsWith("There is no EndpointDirectory for destinations that are pods.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disposed_resolver_stops_following_and_answers_from_memory()
    {
        await _yarp.StartSetAsync(1);
        PodDestinationResolver resolver = new(
            new NoResolver(), _yarp.Directory, new BerthYarpOptions(), _yarp.Log);
        IReadOnlyDictionary<string, DestinationConfig> destinations = YarpFixture.Cluster().Destinations!;
        ResolvedDestinationCollection before =
            await resolver.ResolveDestinationsAsync(destinations, TestContext.Current.CancellationToken);
        Assert.Equal(["service-b-0"], before.Destinations.Keys);

        // The container does so once for each of its services.
        for (int i = 0; i < 3; i++)
            await resolver.DisposeAsync().AsTask().WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        await _yarp.PublishAsync();
        Assert.False(before.ChangeToken!.HasChanged);
        ResolvedDestinationCollection after =
            await resolver.ResolveDestinationsAsync(destinations, TestContext.Current.CancellationToken);
        Assert.Equal(["service-b-0"], after.Destinations.Keys);
    }

    [Fact]
    public async Task A_disposed_directory_leaves_the_last_pods()
    {
        await _yarp.StartSetAsync(1);
        await _yarp.StartProxyAsync([YarpFixture.Cluster()]);
        Assert.Equal("service-b-0", await _yarp.AskAsync("/b/x"));
        await _yarp.Directory.DisposeAsync();
        _yarp.Config.Update([.. YarpFixture.Routes(), .. YarpFixture.Routes("c")], [YarpFixture.Cluster(), YarpFixture.Cluster("c")]);
        await _yarp.UntilAsync("/c/x", "200 service-b-0");
        Assert.Equal("service-b-0", await _yarp.AskAsync("/b/x"));
    }

    [Fact]
    public async Task A_thousand_pods_resolve_again_without_new_destinations()
    {
        await _yarp.PublishAsync([.. TestPods.Snapshot(1000).Endpoints]);
        await using PodDestinationResolver resolver = new(new NoResolver(), _yarp.Directory, new BerthYarpOptions(), _yarp.Log);
        IReadOnlyDictionary<string, DestinationConfig> destinations = YarpFixture.Cluster().Destinations!;
        ResolvedDestinationCollection first = await resolver.ResolveDestinationsAsync(destinations, TestContext.Current.CancellationToken);
        ResolvedDestinationCollection second = await resolver.ResolveDestinationsAsync(destinations, TestContext.Current.CancellationToken);
        Assert.Equal(1000, first.Destinations.Count);
        Assert.All(first.Destinations, pod => Assert.Same(pod.Value, second.Destinations[pod.Key]));
        Assert.Equal("http://10.77.0.1:3999/", first.Destinations["service-b-999"].Address);
    }

    [Fact]
    public async Task A_change_that_readers_cannot_see_tells_nothing()
    {
        PodServer[] servers = await _yarp.StartSetAsync(2);
        await using PodDestinationResolver resolver = new(new NoResolver(), _yarp.Directory, new BerthYarpOptions(), _yarp.Log);
        IReadOnlyDictionary<string, DestinationConfig> destinations = YarpFixture.Cluster().Destinations!;
        IChangeToken token =
            (await resolver.ResolveDestinationsAsync(destinations, TestContext.Current.CancellationToken)).ChangeToken!;
        // A pod that is not ready comes; then one that is.
        await _yarp.PublishAsync(servers[0].Pod(0), servers[1].Pod(1), servers[1].Pod(2, ready: false));
        Assert.False(token.HasChanged);
        await _yarp.PublishAsync(servers[0].Pod(0), servers[1].Pod(1), servers[1].Pod(2));
        await Wait.UntilAsync(
            () => Task.FromResult(token.HasChanged),
            static changed => changed,
            Wait.Limit,
            "a change",
            TestContext.Current.CancellationToken);
    }

    private static IConfiguration JsonConfiguration(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();

    private sealed class NoResolver : IDestinationResolver
    {
        public ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
            IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new ResolvedDestinationCollection(destinations, null));
    }
}
