using Berth.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Berth.Yarp;

/// <summary>Clusters whose destinations are pods, behind a real proxy.</summary>
public sealed class DestinationTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private readonly YarpFixture _yarp;

    public DestinationTests() => _yarp = new YarpFixture(new EndpointDirectoryOptions { TimeProvider = _clock });

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _yarp.DisposeAsync();

    [Fact]
    public async Task Requests_go_round_the_pods()
    {
        await _yarp.StartSetAsync(3);
        await _yarp.StartProxyAsync([YarpFixture.Cluster()]);
        Assert.Equal([4, 4, 4], (await _yarp.CountAsync("/b/x", 12)).Values);
    }

    [Fact]
    public async Task Destinations_are_named_by_pods_and_say_what_they_are()
    {
        PodServer[] servers = await _yarp.StartSetAsync(2);
        await _yarp.StartProxyAsync([YarpFixture.Cluster()]);
        ClusterState cluster = Cluster();
        Assert.Equal(["service-b-0", "service-b-1"], cluster.Destinations.Keys.Order(StringComparer.Ordinal));
        DestinationConfig destination = cluster.Destinations["service-b-1"].Model.Config;
        Assert.Equal($"http://127.0.0.1:{servers[1].Port}/", destination.Address);
        Assert.Equal("service-b-1", destination.Metadata![BerthDestination.Pod]);
        Assert.Equal("1", destination.Metadata[BerthDestination.Ordinal]);
        Assert.Equal("uid-1", destination.Metadata[BerthDestination.Uid]);
        Assert.Equal("zone-1", destination.Metadata[BerthDestination.Zone]);
    }

    [Fact]
    public async Task Pods_that_come_and_go_are_followed()
    {
        PodServer[] servers = await _yarp.StartSetAsync(1);
        await _yarp.StartProxyAsync([YarpFixture.Cluster()]);
        Assert.Equal("service-b-0", await _yarp.AskAsync("/b/x"));

        PodServer second = await _yarp.StartAsync("service-b-1");
        await _yarp.PublishAsync(servers[0].Pod(0, ready: false), second.Pod(1));
        await _yarp.UntilAsync("/b/x", "200 service-b-1");
        Assert.Equal(["service-b-1"], (await _yarp.CountAsync("/b/x", 5)).Keys);

        await _yarp.PublishAsync();
        await _yarp.UntilAsync("/b/x", "503");
        await _yarp.PublishAsync(servers[0].Pod(0));
        await _yarp.UntilAsync("/b/x", "200 service-b-0");
    }

    [Fact]
    public async Task A_replaced_pod_keeps_its_name_and_gets_its_new_address()
    {
        await _yarp.StartSetAsync(1);
        await _yarp.StartProxyAsync([YarpFixture.Cluster()]);
        PodServer replacement = await _yarp.StartAsync("replacement");
        await _yarp.PublishAsync(replacement.Pod(0, uid: "another"));
        await _yarp.UntilAsync("/b/x", "200 replacement");
        Assert.Equal("another", Cluster().Destinations["service-b-0"].Model.Config.Metadata![BerthDestination.Uid]);
    }

    [Fact]
    public async Task A_proxy_without_a_first_snapshot_starts_and_heals()
    {
        // MapReverseProxy blocks its thread until the configuration is loaded.
        Task starting = Task.Run(() => _yarp.StartProxyAsync([YarpFixture.Cluster()]), TestContext.Current.CancellationToken);
        await _clock.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.False(starting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(10));
        await starting;
        Assert.StartsWith("503", await _yarp.GetAsync("/b/x"), StringComparison.Ordinal);
        Assert.Contains(_yarp.Log.Texts, static text =>
            text.StartsWith("The proxy starts without the pods of k8s-example2/service-b", StringComparison.Ordinal));

        await _yarp.StartSetAsync(1);
        await _yarp.UntilAsync("/b/x", "200 service-b-0");
    }

    [Fact]
    public async Task A_failing_source_changes_nothing_and_stops_no_change()
    {
        await _yarp.StartSetAsync(1);
        await _yarp.StartProxyAsync([YarpFixture.Cluster()]);
        _yarp.Source.Fail(TestPods.Target, TestPods.Ports, "The API server is away.");
        await PushableSource.WaitForAsync(_yarp.View, static snapshot => snapshot.IsStale, TestContext.Current.CancellationToken);
        Assert.Equal("service-b-0", await _yarp.AskAsync("/b/x"));

        // The proxy's own configuration goes on to change.
        _yarp.Config.Update([.. YarpFixture.Routes(), .. YarpFixture.Routes("c")], [YarpFixture.Cluster(), YarpFixture.Cluster("c")]);
        await _yarp.UntilAsync("/c/x", "200 service-b-0");
    }

    [Fact]
    public async Task A_snapshot_that_is_too_stale_is_not_served()
    {
        await using YarpFixture yarp = new(new EndpointDirectoryOptions { TimeProvider = _clock, MaxStale = TimeSpan.FromMinutes(1) });
        await yarp.StartSetAsync(1);
        await yarp.StartProxyAsync([YarpFixture.Cluster()], options: new BerthYarpOptions { TimeProvider = _clock });
        yarp.Source.Fail(TestPods.Target, TestPods.Ports, "The API server is away.");
        await PushableSource.WaitForAsync(yarp.View, static snapshot => snapshot.IsStale, TestContext.Current.CancellationToken);
        Assert.Equal("service-b-0", await yarp.AskAsync("/b/x"));
        await Wait.UntilAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(10));
                return yarp.GetAsync("/b/x");
            },
            static answer => answer.StartsWith("503", StringComparison.Ordinal),
            Wait.Limit,
            "503",
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Destinations_of_others_stay_and_get_their_resolver()
    {
        PodServer other = await _yarp.StartAsync("other");
        await _yarp.StartSetAsync(1);
        ClusterConfig mixed = YarpFixture.Cluster();
        mixed = mixed with
        {
            Destinations = new Dictionary<string, DestinationConfig>(mixed.Destinations!)
            {
                ["other"] = new() { Address = $"http://localhost:{other.Port}/" },
            },
        };
        ClusterConfig plain = new() { ClusterId = "plain", Destinations = new Dictionary<string, DestinationConfig>
        {
            ["other"] = new() { Address = $"http://localhost:{other.Port}/" },
        } };
        // The resolver of YARP itself, which looks names up in DNS.
        await _yarp.StartProxyAsync([mixed, plain], configure: static proxy => proxy.AddDnsDestinationResolver());
        Assert.Equal(["other", "service-b-0"], (await _yarp.CountAsync("/b/x", 12)).Keys);
        Assert.Equal("other", await _yarp.AskAsync("/plain/x"));
        Assert.Contains(Cluster("plain").Destinations.Keys, static name => name.StartsWith("other[", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_targets_of_one_cluster_may_have_pods_of_one_name()
    {
        ServiceTarget elsewhere = new("elsewhere", "service-b");
        PodServer own = await _yarp.StartAsync("own");
        PodServer others = await _yarp.StartAsync("others");
        await _yarp.PublishAsync(own.Pod(0));
        await _yarp.Source.PublishAsync(
            _yarp.Directory.Follow(elsewhere, TestPods.Ports), [others.Pod(0)], cancellationToken: TestContext.Current.CancellationToken);
        ClusterConfig cluster = YarpFixture.Cluster();
        await _yarp.StartProxyAsync([cluster with
        {
            Destinations = new Dictionary<string, DestinationConfig>(cluster.Destinations!)
            {
                ["c"] = YarpFixture.Cluster(target: "elsewhere/service-b").Destinations!.Values.Single(),
            },
        }]);
        Assert.Equal(["service-b-0", "service-b-0.service-b.elsewhere"], Cluster().Destinations.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["others", "own"], (await _yarp.CountAsync("/b/x", 4)).Keys);
    }

    [Fact]
    public async Task Address_health_and_host_are_templates()
    {
        await _yarp.StartSetAsync(1);
        ClusterConfig cluster = YarpFixture.Cluster();
        DestinationConfig destination = cluster.Destinations!.Values.Single() with
        {
            Address = "http://any/prefix",
            Health = "https://any/healthz?x=1",
            Host = "{pod}.service-b",
        };
        await _yarp.StartProxyAsync([cluster with { Destinations = new Dictionary<string, DestinationConfig> { ["b"] = destination } }]);
        DestinationConfig pod = Cluster().Destinations["service-b-0"].Model.Config;
        Assert.EndsWith("/prefix", pod.Address, StringComparison.Ordinal);
        Assert.Equal($"{pod.Address.Replace("http:", "https:", StringComparison.Ordinal)[..^"/prefix".Length]}/healthz?x=1", pod.Health);
        Assert.Equal("200 service-b-0 service-b-0.service-b /prefix/x", await _yarp.GetAsync("/b/x"));
    }

    private ClusterState Cluster(string id = "b") =>
        _yarp.Services.GetRequiredService<IProxyStateLookup>().TryGetCluster(id, out ClusterState? cluster)
            ? cluster : throw new InvalidOperationException($"There is no cluster '{id}'.");
}
