using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>Dispatchers that follow dispatchers.</summary>
public sealed class ChainTests
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(15);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_in_a_row_pass_on_changes_staleness_and_the_way_that_they_took()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        await using TestDispatcher b = await TestDispatcher.FollowAsync("b", a.Url);
        await using TestDispatcher c = await TestDispatcher.FollowAsync("c", b.Url);
        await a.PublishAsync(TestPods.Endpoint(0));
        await using RemoteRig rig = new RemoteRig([c.Url]).Follow("service-b-0", "service-b-0 service-b-1");
        await rig.UntilLiveAsync("service-b-0");

        await a.PublishAsync(TestPods.Endpoint(0), TestPods.Endpoint(1));
        await rig.UntilLiveAsync("service-b-0 service-b-1");
        await a.FailAsync("The API server is away.");

        EndpointSnapshot stale = (await rig.UntilAsync(static v => v.Current!.IsStale))!;
        Assert.Equal("The API server is away.", stale.StaleReason);
        Assert.Equal(a.View.Current!.StaleSince, stale.StaleSince);
        Assert.Equal(["c", "b", "a"], rig.Source.FindDispatchers(TestPods.Target));
        await rig.FinishAsync(mustBeLive: false);
    }

    // The output states the time from the source's statement to the client behind the third dispatcher.
    [Fact]
    public async Task Each_change_passes_three_dispatchers_in_turn()
    {
        const int Changes = 100;
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        await using TestDispatcher b = await TestDispatcher.FollowAsync("b", a.Url);
        await using TestDispatcher c = await TestDispatcher.FollowAsync("c", b.Url);
        await a.PublishAsync(TestPods.Endpoint(0));
        await using EndpointDirectory directory = c.Connect();
        EndpointView view = directory.Follow(TestPods.Target, TestPods.Ports);
        await PushableSource.WaitForAsync(view, static s => s.Endpoints.Count == 1, Token);
        List<double> times = [];
        for (int i = 0; i < Changes; i++)
        {
            EndpointSnapshot next = TestPods.Snapshot(2 + (i % 2));
            long started = System.Diagnostics.Stopwatch.GetTimestamp();
            a.Source.Push(next);
            await PushableSource.WaitForAsync(view, s => s.Endpoints.Count == next.Endpoints.Count, Token);
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            Assert.Equal(next.Endpoints.Select(static e => e.ToString()), view.Current!.Endpoints.Select(static e => e.ToString()));
        }

        times.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"median {times[Changes / 2]:0.00} ms, 99th {times[Changes - 2]:0.00} ms, longest {times[^1]:0.00} ms");
    }

    [Fact]
    public async Task Age_adds_up_over_the_levels()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync("a");
        await a.PublishAsync(TestPods.Endpoint(0));
        a.Time.Advance(TimeSpan.FromSeconds(40));
        await using TestDispatcher b = await TestDispatcher.FollowAsync("b", a.Url);
        await PushableSource.WaitForAsync(b.View, static s => !s.IsStale, Token);
        b.Time.Advance(TimeSpan.FromSeconds(2));

        await using RemoteRig rig = new RemoteRig([b.Url]).Follow("service-b-0");

        await rig.UntilLiveAsync("service-b-0");
        Assert.Equal(TimeSpan.FromSeconds(42), rig.View.Age);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task F94_dispatcher_that_follows_itself_says_so()
    {
        int port = 0;
        await using TcpRelay relay = new(() => port);
        await using TestDispatcher a = await TestDispatcher.FollowAsync("a", $"http://127.0.0.1:{relay.Port}");
        port = a.Port;

        string failure = await UntilLoopAsync(a);

        Assert.Contains(
            "gets the endpoints of k8s-example2/service-b from this dispatcher itself: a loop", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, ", directly: a loop")]
    [InlineData(3, ", through 1 other: a loop")]
    public async Task F94_loop_of_several_is_noticed_and_said(int count, string said)
    {
        int[] ports = new int[count];
        await using TcpRelay relay = new(() => ports[^1]);
        List<TestDispatcher> dispatchers = [];
        try
        {
            for (int i = 0; i < count; i++)
            {
                string upstream = i == 0 ? $"http://127.0.0.1:{relay.Port}" : dispatchers[^1].Url;
                dispatchers.Add(await TestDispatcher.FollowAsync($"r{i}", upstream));
                ports[i] = dispatchers[i].Port;
            }

            string[] failures = await Wait.UntilAsync(
                () =>
                {
                    // Each heartbeat states the dispatchers of the path.
                    foreach (TestDispatcher dispatcher in dispatchers)
                        dispatcher.Time.Advance(s_beat);
                    return Task.FromResult(dispatchers.Select(static d => d.View.Failure?.Message ?? "").ToArray());
                },
                failures => failures.Any(f => f.Contains(said, StringComparison.Ordinal)), Wait.Limit, "the loop", Token);

            Assert.Contains(failures, f => f.Contains(said, StringComparison.Ordinal));
            Assert.All(dispatchers, static d => Assert.Null(d.View.Current));
        }
        finally
        {
            foreach (TestDispatcher dispatcher in dispatchers)
                await dispatcher.DisposeAsync();
        }
    }

    private static async Task<string> UntilLoopAsync(TestDispatcher dispatcher)
    {
        string? failure = await Wait.UntilAsync(
            () => Task.FromResult(dispatcher.View.Failure?.Message), static f => f?.Contains("loop", StringComparison.Ordinal) == true,
            Wait.Limit, "the loop", Token);
        return failure!;
    }
}
