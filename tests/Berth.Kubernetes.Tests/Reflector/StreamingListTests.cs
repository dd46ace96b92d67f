
namespace Berth.Kubernetes.Reflector;

/// <summary>Streaming lists, where they are asked for: complete, or not at all.</summary>
public sealed class StreamingListTests
{
    private static readonly string s_one = Json.List("100", Json.Slice("s1", "90", Json.Pod("service-b-0")));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<SourceHarness> StartAsync(TimeProvider? time = null) =>
        SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { StreamingLists = true, TimeProvider = time ?? TimeProvider.System });

    [Fact]
    public async Task A_server_that_refuses_is_asked_once()
    {
        await using SourceHarness harness = await StartAsync();
        harness.Api.OnWatch(static x => x.AnswerAsync(422, Json.Status(422, "Invalid", "sendInitialEvents is forbidden for watch")));
        harness.Api.OnList(200, s_one);
        harness.Api.OnList(200, s_one);

        EndpointSnapshot first = await harness.ReadAsync();
        Task<EndpointSnapshot> second = harness.ReadAsync();
        await (await harness.Api.NextAsync(Token)).AnswerAsync(410, Json.Expired);
        Assert.Same(first, await second);

        Assert.Single(harness.Api.Requests, static r => r.Query("sendInitialEvents") is not null);
        Assert.Equal(2, harness.Api.Requests.Count(static r => !r.IsWatch));
    }

    [Fact]
    public async Task Endless_streaming_list_falls_back_to_a_plain_list()
    {
        TestClock time = new();
        await using SourceHarness harness = await StartAsync(time);
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        // The client waits after the head, and again after the event.
        await time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(30), Token);
        await watch.SendEventAsync("ADDED", Json.Slice("s1", "90", Json.Pod("service-b-7")));
        await time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(30), Token);
        time.Advance(TimeSpan.FromSeconds(30));
        ScriptedExchange list = await harness.Api.NextAsync(Token);

        Assert.False(next.IsCompleted);
        Assert.False(list.IsWatch);
        await list.AnswerAsync(200, s_one);
        Assert.Equal(["service-b-0"], (await next).Endpoints.Select(static e => e.Name));
        await watch.ClientGone.WaitAsync(Wait.Limit, Token);
    }

    [Fact]
    public async Task Cut_streaming_list_is_dropped_and_started_again()
    {
        await using SourceHarness harness = await StartAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange first = await harness.Api.NextAsync(Token);
        await first.StartAsync();
        await first.SendEventAsync("ADDED", Json.Slice("s1", "90", Json.Pod("service-b-7")));
        first.End();
        ScriptedExchange second = await harness.Api.NextAsync(Token);
        Assert.NotNull(second.Query("sendInitialEvents"));
        await second.StartAsync();
        await second.SendEventAsync("ADDED", Json.Slice("s2", "91", Json.Pod("service-b-0")));
        Assert.False(next.IsCompleted);
        await second.SendEventAsync("BOOKMARK", Json.Bookmark("95", initialEventsEnd: true));

        Assert.Equal(["service-b-0"], (await next).Endpoints.Select(static e => e.Name));
        next = harness.ReadAsync();
        await second.SendEventAsync("MODIFIED", Json.Slice("s2", "96"));
        Assert.Empty((await next).Endpoints);
    }
}
