namespace Berth.Faults;

/// <summary>Fault 53: cancelled or disposed in any state.</summary>
public class DisposalTests : FaultTest
{
    [Theory]
    [InlineData("connecting")]
    [InlineData("listing")]
    [InlineData("reading a list")]
    [InlineData("on page 2")]
    [InlineData("streaming a list")]
    [InlineData("opening a watch")]
    [InlineData("watching")]
    [InlineData("in the middle of an event")]
    [InlineData("holding a pod")]
    [InlineData("backing off")]
    [InlineData("asked to wait for an hour")]
    [InlineData("reading nodes")]
    [InlineData("watching nodes")]
    public async Task F53_dispose_in_any_state_ends_promptly_without_stream_or_timer(string state)
    {
        RigOptions options = new()
        {
            Relayed = true,
            StreamingLists = state == "streaming a list",
            AddressMode = state.EndsWith("nodes", StringComparison.Ordinal) ? AddressMode.External : AddressMode.Internal,
        };
        await BuildAsync(options, Slices.State(1), Slices.State(2));
        Rig.EndsEarly = true;
        Rig.DirectoryTime.IsHurried = false;
        Rig.Relay!.Swallows = state == "connecting";
        Rig.Follow();
        ScriptedExchange[] open = await ReachAsync(state);

        await Rig.Directory.DisposeAsync().AsTask().WaitAsync(Wait.Limit, Token);

        foreach (ScriptedExchange exchange in open)
            await exchange.ClientGone.WaitAsync(Wait.Limit, Token);
        Assert.Equal(0, Rig.SourceTime.Timers);
        Assert.Equal(0, Rig.DirectoryTime.Timers);
        int requests = Api.Requests.Count;
        Rig.SourceTime.Advance(TimeSpan.FromHours(2));
        Rig.DirectoryTime.Advance(TimeSpan.FromHours(2));
        await Wait.ForAsync(() => !Rig.Relay.IsUsed, Token);
        Assert.Equal(requests, Api.Requests.Count);
        Assert.False(await Rig.View!.WaitForChangeAsync(Rig.View.Current, Token).WaitAsync(Wait.Limit, Token));
    }

    [Fact]
    public async Task F53_a_reader_that_is_cancelled_ends_at_once_and_discovery_goes_on()
    {
        await StartAsync(Slices.State(1));
        ScriptedExchange list = await Api.NextAsync(Token);
        using CancellationTokenSource impatient = new();
        Task<EndpointSnapshot> waiting = Rig.Directory.GetEndpointsAsync(TestPods.Target, TestPods.Ports, impatient.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Wait.Limit, Token));

        Assert.False(list.ClientGone.IsCompleted);
        await list.AnswerAsync(200, Slices.List(1, "100"));
        await UntilAsync(Slices.State(1));
    }

    private async Task<ScriptedExchange[]> ReachAsync(string state)
    {
        switch (state)
        {
            case "connecting":
                await Wait.ForAsync(() => Rig.Relay!.Accepted == 1, Token);
                return [];
            case "reading nodes":
                ScriptedExchange nodes = await Api.NextNodesAsync(Token);
                await AnswerListAsync(Slices.List(1, "100"));
                return [nodes, await WatchAsync()];
            case "watching nodes":
                await (await Api.NextNodesAsync(Token)).AnswerAsync(
                    200, Json.NodeList("50", Json.Node("node-0", "1", ("ExternalIP", "203.0.113.1"))));
                ScriptedExchange nodeWatch = await Api.NextNodesAsync(Token);
                await nodeWatch.StartAsync();
                return [nodeWatch, await ListAndWatchAsync(Slices.List(1, "100"))];
            case "listing":
                return [await Api.NextAsync(Token)];
            case "reading a list" or "streaming a list":
                ScriptedExchange list = await Api.NextAsync(Token);
                await list.StartAsync();
                await list.SendAsync(
                    state == "reading a list"
                        ? Slices.List(1, "100")[..200]
                        : $$"""{"type":"ADDED","object":{{Slices.Of(1, "90")}}}""" + "\n");
                return [list];
            case "on page 2":
                await (await Api.NextAsync(Token)).AnswerAsync(200, Json.ListWith("100", "page-2", Slices.Of(1, "90")));
                return [await Api.NextAsync(Token)];
            case "opening a watch":
                await AnswerListAsync(Slices.List(1, "100"));
                return [await Api.NextAsync(Token)];
            default:
                return await ReachFromWatchAsync(state);
        }
    }

    private async Task<ScriptedExchange[]> ReachFromWatchAsync(string state)
    {
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Slices.Of(1, "90"), Json.Slice("t", "91", Slices.Pod(1))));
        await UntilAsync(Slices.State(2));
        switch (state)
        {
            case "in the middle of an event":
                await watch.SendAsync("{\"type\":\"MODIFIED\",\"obj");
                return [watch];
            case "holding a pod":
                await watch.SendEventAsync("MODIFIED", Json.Slice("t", "101"));
                await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(250), Token);
                return [watch];
            case "backing off" or "asked to wait for an hour":
                watch.Cut();
                ScriptedExchange refused = await Api.NextAsync(Token);
                await refused.AnswerAsync(503, "down", "text/plain", state == "backing off" ? [] : [("Retry-After", "3600")]);
                await Wait.ForAsync(() => Rig.DirectoryTime.Waits.Count == 1, Token);
                return [];
            default:
                await OpenedAsync();
                return [watch];
        }
    }
}
