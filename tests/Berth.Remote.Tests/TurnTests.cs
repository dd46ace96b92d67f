using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>Connections that end, and the dispatchers that come next.</summary>
public sealed class TurnTests
{
    private static readonly TimeSpan s_aWhile = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_stream_is_resumed_without_a_failure_or_a_snapshot(bool reset)
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        await a.PublishAsync(TestPods.Endpoint(0));
        await using TcpRelay relay = new(() => a.Port);
        await using RemoteRig rig = new RemoteRig([$"http://127.0.0.1:{relay.Port}"]).Follow("service-b-0", "service-b-0 service-b-1");
        await rig.UntilLiveAsync("service-b-0");
        rig.SourceTime.Advance(s_aWhile);

        relay.Cut(reset);
        await a.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));

        await rig.UntilLiveAsync("service-b-0 service-b-1");
        Assert.Equal(2, relay.Accepted);
        Assert.Empty(rig.Observer.Failures);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task F91_dispatcher_of_another_run_publishes_nothing_that_is_the_same()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        await using TestDispatcher b = await TestDispatcher.StartAsync("b");
        await a.PublishAsync(TestPods.Endpoint(9));
        await a.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));
        await b.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));
        int port = a.Port;
        await using TcpRelay relay = new(() => port);
        await using RemoteRig rig = new RemoteRig([$"http://127.0.0.1:{relay.Port}"]).Follow(
            "service-b-0 service-b-1", "service-b-1");
        EndpointSnapshot first = await rig.UntilLiveAsync("service-b-0 service-b-1");
        rig.SourceTime.Advance(s_aWhile);

        // Its version is lower, and means nothing to that of the other.
        port = b.Port;
        relay.Cut();
        await b.PublishAsync(TestPods.Endpoint(1));

        EndpointSnapshot second = await rig.UntilLiveAsync("service-b-1");
        Assert.Equal(first.Version + 1, second.Version);
        Assert.Same(first.FindByOrdinal(1), second.FindByOrdinal(1));
        Assert.Empty(rig.Observer.Failures);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Dispatcher_that_shuts_down_is_followed_by_the_next_one()
    {
        await using TestDispatcher b = await TestDispatcher.StartAsync("b");
        await b.PublishAsync(TestPods.Endpoint(0));
        TestDispatcher a = await TestDispatcher.StartAsync("a");
        await a.PublishAsync(TestPods.Endpoint(0));
        await using RemoteRig rig = new RemoteRig([a.Url, b.Url]).Follow("service-b-0");
        await rig.UntilLiveAsync("service-b-0");
        Assert.Equal(["a"], rig.Source.FindDispatchers(TestPods.Target));
        rig.SourceTime.Advance(s_aWhile);

        await a.DisposeAsync();

        await Wait.UntilAsync(
            () => Task.FromResult(string.Join(' ', rig.Source.FindDispatchers(TestPods.Target))), static path => path == "b", Wait.Limit,
            "b is followed", TestContext.Current.CancellationToken);
        Assert.Equal(1, rig.Current.Version);
        Assert.Empty(rig.Observer.Failures);
        Assert.Contains(rig.Observer.Log.Entries, static e => e.Id == 721);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task F93_dispatchers_that_are_away_are_named_and_the_snapshot_stays()
    {
        TestDispatcher a = await TestDispatcher.StartAsync("a");
        await a.PublishAsync(TestPods.Endpoint(0));
        bool isAway = false;
        await using TcpRelay first = new(() => a.Port) { TurnsAway = true };
        await using TcpRelay second = new(() => a.Port);
        await using RemoteRig rig = new RemoteRig([$"http://127.0.0.1:{first.Port}", $"http://127.0.0.1:{second.Port}"])
            .Follow("service-b-0", "service-b-0 service-b-1");
        await rig.UntilLiveAsync("service-b-0");
        rig.SourceTime.Advance(s_aWhile);

        isAway = second.TurnsAway = true;
        second.Cut();

        string failure = await rig.UntilFailureAsync("None of 2 dispatchers accepts a watch");
        Assert.True(isAway);
        Assert.Contains($"http://127.0.0.1:{first.Port}/ cannot be reached", failure, StringComparison.Ordinal);
        Assert.Contains($"http://127.0.0.1:{second.Port}/ cannot be reached", failure, StringComparison.Ordinal);
        Assert.Single(rig.Current.Endpoints);
        second.TurnsAway = false;
        await a.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));
        await rig.UntilLiveAsync("service-b-0 service-b-1");
        await rig.FinishAsync();
        await a.DisposeAsync();
    }

    [Fact]
    public async Task F87_silent_stream_is_given_up_after_the_idle_timeout()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        await a.PublishAsync(TestPods.Endpoint(0));
        await using TcpRelay relay = new(() => a.Port);
        await using RemoteRig rig = new RemoteRig([$"http://127.0.0.1:{relay.Port}"]).Follow("service-b-0", "service-b-0 service-b-1");
        await rig.UntilLiveAsync("service-b-0");
        relay.SilenceTheseConnections();
        await a.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));

        await Wait.UntilAsync(
            () =>
            {
                // Only the silent read waits for so long. The attempt after it may wait for 10 s.
                if (relay.Accepted == 1 && rig.SourceTime.HasTimer(TimeSpan.FromSeconds(35)))
                    rig.SourceTime.Advance(TimeSpan.FromSeconds(35));
                return Task.FromResult(relay.Accepted);
            },
            static accepted => accepted == 2, Wait.Limit, "another connection", TestContext.Current.CancellationToken);

        await rig.UntilLiveAsync("service-b-0 service-b-1");
        Assert.Empty(rig.Observer.Failures);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task F86_host_that_accepts_and_says_nothing_is_a_failure_after_10_s()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        await a.PublishAsync(TestPods.Endpoint(0));
        await using TcpRelay relay = new(() => a.Port) { Swallows = true };
        await using RemoteRig rig = new RemoteRig([$"http://127.0.0.1:{relay.Port}"]).Follow("service-b-0");

        await rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        rig.SourceTime.Advance(TimeSpan.FromSeconds(10));

        await rig.UntilFailureAsync("did not answer within 10 s");
        relay.Swallows = false;
        await Wait.UntilAsync(
            () =>
            {
                // The next attempt may have been swallowed too.
                if (relay.HasSwallowedLast && rig.SourceTime.HasTimer(TimeSpan.FromSeconds(10)))
                    rig.SourceTime.Advance(TimeSpan.FromSeconds(10));
                return Task.FromResult(rig.View.Current);
            },
            static current => current is not null, Wait.Limit, "an answer", TestContext.Current.CancellationToken);
        await rig.FinishAsync();
    }
}
