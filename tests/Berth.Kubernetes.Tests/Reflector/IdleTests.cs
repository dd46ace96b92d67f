
namespace Berth.Kubernetes.Reflector;

/// <summary>The effects of time alone, on a clock that the test moves.</summary>
public sealed class IdleTests
{
    private readonly TestClock _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silent_watch_is_restarted_after_its_limit(bool bookmarks)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { TimeProvider = _time });
        harness.Api.OnList(200, Json.List("100", Json.Slice("s", "90", Json.Pod("service-b-0"))));
        EndpointSnapshot first = await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        if (bookmarks)
        {
            await watch.SendEventAsync("BOOKMARK", Json.Bookmark("110"));
            Assert.Same(first, await next);
            next = harness.ReadAsync();
        }

        // Only bookmarks that stay away tell that the server may not know our version; otherwise its own timeout is waited for.
        double timeout = double.Parse(watch.Query("timeoutSeconds")!, System.Globalization.CultureInfo.InvariantCulture);
        TimeSpan limit = TimeSpan.FromSeconds(bookmarks ? 150 : timeout + 30);
        await _time.WaitForTimerAsync(due => due == limit, Token);
        _time.Advance(limit - TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        ScriptedExchange again = await harness.Api.NextAsync(Token);

        Assert.Equal(!bookmarks, again.IsWatch);
        Assert.Equal(bookmarks ? "110" : "100", again.Query("resourceVersion"));
        Assert.Equal(["idle"], harness.RestartCauses);
        await watch.ClientGone.WaitAsync(Wait.Limit, Token);
    }

    [Fact]
    public async Task Held_pod_is_dropped_by_the_stream_in_time()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { TimeProvider = _time });
        harness.Api.OnList(
            200, Json.List("100", Json.Slice("s", "90", Json.Pod("service-b-0")), Json.Slice("t", "91", Json.Pod("service-b-1"))));
        EndpointSnapshot first = await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Slice("s", "101"));
        Assert.Same(first, await next);
        next = harness.ReadAsync();
        await _time.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(250), Token);
        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["service-b-1"], (await next).Endpoints.Select(static e => e.Name));
    }

    [Fact]
    public async Task Failure_takes_no_held_pod_away_and_its_time_is_no_part_of_the_hold()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { TimeProvider = _time });
        harness.Api.OnList(
            200, Json.List("100", Json.Slice("s", "90", Json.Pod("service-b-0")), Json.Slice("t", "91", Json.Pod("service-b-1"))));
        EndpointSnapshot first = await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Slice("s", "101"));
        Assert.Same(first, await next);
        next = harness.ReadAsync();
        await watch.SendEventAsync("ERROR", Json.Status(500, "InternalError", "etcd is away"));

        await Assert.ThrowsAsync<EndpointSourceException>(() => next);
        _time.Advance(TimeSpan.FromMinutes(1));
        next = harness.ReadAsync();
        watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        // The head confirms, and then the bookmark does.
        Assert.Same(first, await next);
        next = harness.ReadAsync();
        await watch.SendEventAsync("BOOKMARK", Json.Bookmark("101"));
        Assert.Same(first, await next);
        // It waits for the end of the hold before it returns to this thread, because nothing more comes.
        Task<EndpointSnapshot> without = harness.ReadUntilAsync(static snapshot => snapshot.Endpoints.Count == 1);
        _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(["service-b-1"], (await without).Endpoints.Select(static e => e.Name));
    }

    [Fact]
    public async Task A_list_that_stops_in_the_middle_is_a_failure()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { TimeProvider = _time });
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange list = await harness.Api.NextAsync(Token);
        await list.StartAsync();
        // The client waits after the head, and again after the piece.
        await _time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(30), Token);
        await list.SendAsync("{\"kind\":\"EndpointSliceList\",");
        await _time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(30), Token);
        _time.Advance(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<EndpointSourceException>(() => next);
        await list.ClientGone.WaitAsync(Wait.Limit, Token);
    }
}
