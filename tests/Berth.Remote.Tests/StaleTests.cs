using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>Dispatchers that have lost the API server, together with others that have not.</summary>
public sealed class StaleTests
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F92_stale_dispatcher_is_left_for_a_live_one()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        await using TestDispatcher b = await TestDispatcher.StartAsync("b");
        await a.PublishAsync(TestPods.Endpoint(0));
        await b.PublishAsync(TestPods.Endpoint(0));
        await using RemoteRig rig = new RemoteRig([a.Url, b.Url]).Follow("service-b-0", "service-b-0 service-b-1");
        await rig.UntilLiveAsync("service-b-0");

        await a.FailAsync("the API server is away");
        await b.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));

        await rig.UntilLiveAsync("service-b-0 service-b-1");
        Assert.Equal(["b"], rig.Source.FindDispatchers(TestPods.Target));
        Assert.Empty(rig.Observer.Failures);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task F92_dispatcher_that_is_live_again_is_not_returned_to()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        await using TestDispatcher b = await TestDispatcher.StartAsync("b");
        await a.PublishAsync(TestPods.Endpoint(0));
        await b.PublishAsync(TestPods.Endpoint(0));
        await using RemoteRig rig = new RemoteRig([a.Url, b.Url]).Follow("service-b-0", "service-b-0 service-b-1");
        await rig.UntilLiveAsync("service-b-0");
        await a.FailAsync("the API server is away");
        await FollowedAsync(rig, "b");

        await a.PublishAsync(TestPods.Endpoint(0));
        rig.SourceTime.Advance(s_firstPause);
        await b.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));

        await rig.UntilLiveAsync("service-b-0 service-b-1");
        Assert.Equal(["b"], rig.Source.FindDispatchers(TestPods.Target));
        Assert.Single(rig.Observer.Log.Entries, static e => e.Id == 721);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task F92_all_dispatchers_stale_leaves_the_followed_one()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        await using TestDispatcher b = await TestDispatcher.StartAsync("b");
        await a.PublishAsync(TestPods.Endpoint(0));
        await b.PublishAsync(TestPods.Endpoint(0));
        await b.FailAsync("b has lost the API server");
        await using TcpRelay other = new(() => b.Port);
        await using RemoteRig rig = new RemoteRig([a.Url, $"http://127.0.0.1:{other.Port}"])
            .Follow("service-b-0", "service-b-0 service-b-1");
        await rig.UntilLiveAsync("service-b-0");

        await a.FailAsync("a has lost the API server");

        await Wait.UntilAsync(
            () => Task.FromResult(other.Accepted), static accepted => accepted == 1, Wait.Limit, "b is asked", Token);
        EndpointSnapshot? stale = await rig.UntilAsync(static v => v.Current!.IsStale);
        Assert.Equal("a has lost the API server", stale!.StaleReason);
        // The next snapshots come without another search, until the pause is over.
        await a.FailAsync("a has still lost it");
        Assert.Equal(["a"], rig.Source.FindDispatchers(TestPods.Target));
        Assert.Equal(1, other.Accepted);

        await b.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));
        await Wait.UntilAsync(
            () =>
            {
                // The next event of a, whenever its beat is set up, and the pause, whenever the search before it has ended.
                a.Time.Advance(TimeSpan.FromSeconds(15));
                // A second for each event that has arrived: 35 s without one would be a silence.
                if (other.Accepted == 1 && rig.SourceTime.HasTimer(TimeSpan.FromSeconds(35)))
                    rig.SourceTime.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(string.Join(' ', rig.Source.FindDispatchers(TestPods.Target)));
            },
            static path => path == "b", Wait.Limit, "b is followed", Token);
        await rig.UntilLiveAsync("service-b-0 service-b-1");
        // One search more. It may use the connection of the first one, if that was not closed yet.
        Assert.InRange(other.Accepted, 1, 2);
        Assert.Empty(rig.Observer.Failures);
        await rig.FinishAsync();
    }

    private static Task FollowedAsync(RemoteRig rig, string path) => Wait.UntilAsync(
        () => Task.FromResult(string.Join(' ', rig.Source.FindDispatchers(TestPods.Target))), followed => followed == path, Wait.Limit,
        $"{path} is followed", Token);
}
