using System.Net.Sockets;
using Berth.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Berth.Yarp;

/// <summary>The resolver that was there before fails. The proxy hears of nothing while a resolver throws, so ours never does.</summary>
public sealed class OtherResolverTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private readonly YarpFixture _yarp = new();
    private readonly FailingResolver _others = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _yarp.DisposeAsync();

    [Fact]
    public async Task Pods_are_followed_while_the_resolver_of_others_fails()
    {
        PodServer other = await _yarp.StartAsync("other");
        PodServer[] pods = await _yarp.StartSetAsync(1);
        await StartAsync(other, new BerthYarpOptions());
        Assert.Equal("other", await _yarp.AskAsync("/plain/x"));

        _others.Failure = new SocketException((int)SocketError.TryAgain);
        PodServer second = await _yarp.StartAsync("service-b-1");
        await _yarp.PublishAsync(pods[0].Pod(0, ready: false), second.Pod(1));

        await _yarp.UntilAsync("/b/x", "200 service-b-1");
        Assert.Equal("other", await _yarp.AskAsync("/plain/x"));
        // A change of the proxy's own configuration counts too, with destinations that were never resolved.
        _yarp.Config.Update(
            [.. YarpFixture.Routes(), .. YarpFixture.Routes("new")], [YarpFixture.Cluster(), Plain("new", other)]);
        await _yarp.UntilAsync("/new/x", "200 other");
        Assert.Contains(
            "The resolver of the destinations other failed. Their last addresses stay; they are resolved again in 10 s.", _yarp.Log.Texts);
        Assert.Contains(
            "The resolver of the destinations other failed. Their names are used as they are; they are resolved again in 10 s.",
            _yarp.Log.Texts);
    }

    [Fact]
    public async Task A_resolver_that_failed_is_asked_again_after_10_s()
    {
        PodServer other = await _yarp.StartAsync("other");
        PodServer[] pods = await _yarp.StartSetAsync(1);
        await StartAsync(other, new BerthYarpOptions { TimeProvider = _clock });
        _others.Failure = new SocketException((int)SocketError.TryAgain);
        await _yarp.PublishAsync(pods[0].Pod(0, ready: false));
        await _yarp.UntilAsync("/b/x", "503");

        _others.Failure = null;
        int calls = _others.Calls;
        await _clock.WaitForTimerAsync(static due => due > TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(10));

        await Wait.UntilAsync(
            () => _yarp.GetAsync("/plain/x"), _ => _others.Calls > calls, Wait.Limit, "another call of the resolver",
            TestContext.Current.CancellationToken);
        Assert.Equal("other", await _yarp.AskAsync("/plain/x"));
    }

    [Fact]
    public async Task A_resolver_that_fails_at_the_start_ends_the_start()
    {
        PodServer other = await _yarp.StartAsync("other");
        await _yarp.StartSetAsync(1);
        _others.Failure = new SocketException((int)SocketError.HostNotFound);
        Exception ended = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(other, new BerthYarpOptions()));
        Assert.Contains(_others.Failure.Message, ended.ToString(), StringComparison.Ordinal);
    }

    private Task StartAsync(PodServer other, BerthYarpOptions options) => _yarp.StartProxyAsync(
        [YarpFixture.Cluster(), Plain("plain", other)], options,
        proxy => proxy.Services.AddSingleton<IDestinationResolver>(_others));

    private static ClusterConfig Plain(string id, PodServer server) => new()
    {
        ClusterId = id,
        Destinations = new Dictionary<string, DestinationConfig> { ["other"] = new() { Address = $"http://127.0.0.1:{server.Port}/" } },
    };

    private sealed class FailingResolver : IDestinationResolver
    {
        private int _calls;

        public Exception? Failure { get; set; }

        public int Calls => Volatile.Read(ref _calls);

        public ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
            IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            return Failure is null
                ? ValueTask.FromResult(new ResolvedDestinationCollection(destinations, null))
                : throw Failure;
        }
    }
}
