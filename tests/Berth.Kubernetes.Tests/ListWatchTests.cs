
namespace Berth.Kubernetes;

/// <summary>The source over the real wire: lists, watches, and the ways in which they end.</summary>
public sealed class ListWatchTests
{
    private static readonly string s_one = Json.List("100", Json.Slice("s1", "90", Json.Pod("service-b-0")));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lists_and_then_follows_the_watch()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);

        EndpointSnapshot first = await harness.ReadAsync();
        Task<EndpointSnapshot> second = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Slice("s1", "101", Json.Pod("service-b-0"), Json.Pod("service-b-1", "10.0.0.2")));

        Assert.Equal(["10.0.0.1:3000"], first.Endpoints.Select(static e => e.Authority));
        Assert.Equal("100", first.SourceVersion);
        Assert.Equal(["10.0.0.1:3000", "10.0.0.2:3001"], (await second).Endpoints.Select(static e => e.Authority));
        ScriptedExchange list = harness.Api.Requests.First();
        Assert.Equal("/apis/discovery.k8s.io/v1/namespaces/k8s-example2/endpointslices", list.Path);
        Assert.Equal("kubernetes.io/service-name=service-b", list.Query("labelSelector"));
        Assert.Equal("500", list.Query("limit"));
        Assert.Null(list.Query("resourceVersion"));
        Assert.Equal("100", watch.Query("resourceVersion"));
        Assert.Equal("true", watch.Query("allowWatchBookmarks"));
        Assert.InRange(int.Parse(watch.Query("timeoutSeconds")!, System.Globalization.CultureInfo.InvariantCulture), 300, 600);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_that_ends_inside_an_event_is_watched_from_the_last_version(bool cut)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);
        await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Slice("s1", "105", Json.Pod("service-b-0", ready: false)));
        EndpointSnapshot changed = await next;
        next = harness.ReadAsync();
        await watch.SendAsync("{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"s1\"");
        if (cut)
            watch.Cut();
        else
            watch.End();

        ScriptedExchange again = await harness.Api.NextAsync(Token);
        await again.StartAsync();

        Assert.Equal(PodState.NotReady, Assert.Single(changed.Endpoints).State);
        Assert.True(again.IsWatch);
        Assert.Equal("105", again.Query("resourceVersion"));
        Assert.Same(changed, await next);
        Assert.Equal([cut ? "broken" : "closed"], harness.RestartCauses);
    }

    [Fact]
    public async Task Short_watches_without_an_event_are_backed_off_from_and_listed_again()
    {
        // By the clock of the client every watch is short, however slow the machine is.
        await using SourceHarness harness = await SourceHarness.StartAsync(options: new() { TimeProvider = new TestClock() });
        harness.Api.OnList(200, s_one);
        for (int i = 0; i < 2; i++)
            harness.Api.OnWatch(static async x =>
            {
                await x.StartAsync();
                x.End();
            });

        EndpointSnapshot first = await harness.ReadAsync();
        EndpointSourceException? failure = null;
        while (failure is null)
        {
            try
            {
                Assert.Same(first, await harness.ReadAsync());
            }
            catch (EndpointSourceException exception)
            {
                failure = exception;
            }
        }

        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange list = await harness.Api.NextAsync(Token);
        await list.AnswerAsync(200, Json.List("100", Json.Slice("s1", "90", Json.Pod("service-b-0"))));
        Assert.NotNull(failure.RetryAfter);
        Assert.False(list.IsWatch);
        Assert.Equal("100", list.Query("resourceVersion"));
        Assert.Equal("NotOlderThan", list.Query("resourceVersionMatch"));
        Assert.Same(first, await next);
        Assert.Equal(["tooshort", "tooshort"], harness.RestartCauses);
    }

    /// <summary>
    /// The list after short watches succeeds, the API goes away before the watch, and comes back: nothing else may happen for a minute.
    /// </summary>
    [Fact]
    public async Task Watch_after_a_failure_confirms_however_short_the_ones_before_were()
    {
        // By the clock of the client every watch is short, however slow the machine is.
        await using SourceHarness harness = await SourceHarness.StartAsync(options: new() { TimeProvider = new TestClock() });
        for (int i = 0; i < 2; i++)
            harness.Api.OnList(200, s_one);
        for (int i = 0; i < 2; i++)
            harness.Api.OnWatch(static async x =>
            {
                await x.StartAsync();
                x.End();
            });
        harness.Api.OnWatch(static x => x.AnswerAsync(503, "gone for a moment", "text/plain"));

        EndpointSnapshot first = await harness.ReadAsync();
        int failures = 0;
        while (failures < 2)
        {
            try
            {
                Assert.Same(first, await harness.ReadAsync());
            }
            catch (EndpointSourceException)
            {
                failures++;
            }
        }

        Task<EndpointSnapshot> confirmed = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        Assert.True(watch.IsWatch);
        Assert.Same(first, await confirmed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_version_no_longer_kept_is_listed_again_at_once(bool asEvent)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);
        harness.Api.OnList(200, Json.List("200", Json.Slice("s1", "150", Json.Pod("service-b-0"), Json.Pod("service-b-1", "10.0.0.2"))));

        await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        if (asEvent)
        {
            await watch.StartAsync();
            await watch.SendAsync(Fixture.Bytes("watch-gone.jsonl"));
        }
        else
        {
            await watch.AnswerAsync(410, Json.Expired);
        }

        EndpointSnapshot second = await next;

        Assert.Equal(2, second.Endpoints.Count);
        Assert.Equal(["gone"], harness.RestartCauses);
    }

    [Fact]
    public async Task Gone_again_and_again_is_a_failure_that_keeps_the_snapshot()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);
        harness.Api.OnList(200, s_one);

        EndpointSnapshot first = await harness.ReadAsync();
        Task<EndpointSnapshot> second = harness.ReadAsync();
        await (await harness.Api.NextAsync(Token)).AnswerAsync(410, Json.Expired);
        Assert.Same(first, await second);
        Task<EndpointSourceException> failing = harness.FailAsync();
        await (await harness.Api.NextAsync(Token)).AnswerAsync(410, Json.Expired);
        EndpointSourceException failure = await failing;
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange list = await harness.Api.NextAsync(Token);
        await list.AnswerAsync(200, s_one);

        Assert.NotNull(failure.RetryAfter);
        Assert.Null(list.Query("resourceVersion"));
        Assert.Same(first, await next);
    }

    [Fact]
    public async Task Expired_second_page_leads_to_one_whole_list()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, Json.ListWith("100", "more/1=", Json.Slice("s1", "90", Json.Pod("service-b-0"))));
        harness.Api.OnList(static x => x.AnswerAsync(410, Json.Expired));
        harness.Api.OnList(
            200,
            Json.List(
                "120", Json.Slice("s1", "90", Json.Pod("service-b-0")), Json.Slice("s2", "110", Json.Pod("service-b-1", "10.0.0.2"))));

        EndpointSnapshot first = await harness.ReadAsync();

        Assert.Equal(2, first.Endpoints.Count);
        ScriptedExchange[] requests = [.. harness.Api.Requests];
        Assert.Equal("more/1=", requests[1].Query("continue"));
        Assert.Null(requests[1].Query("resourceVersion"));
        Assert.Null(requests[2].Query("limit"));
        Assert.Null(requests[2].Query("continue"));
    }

    [Fact]
    public async Task A_version_the_server_does_not_know_is_waited_for_and_then_given_up()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);
        harness.Api.OnWatch(static x => x.AnswerAsync(410, Json.Expired));
        harness.Api.OnList(static x => x.AnswerAsync(504, Fixture.Text("list-version-too-large.json"), headers: ("Retry-After", "1")));
        harness.Api.OnList(200, Json.List("40", Json.Slice("s1", "30", Json.Pod("service-b-5", "10.0.0.5"))));

        await harness.ReadAsync();
        EndpointSourceException failure = await harness.FailAsync();
        EndpointSnapshot restored = await harness.ReadAsync();

        Assert.Equal(TimeSpan.FromSeconds(1), failure.RetryAfter);
        ScriptedExchange[] lists = [.. harness.Api.Requests.Where(static r => !r.IsWatch)];
        Assert.Equal("100", lists[1].Query("resourceVersion"));
        Assert.Null(lists[2].Query("resourceVersion"));
        Assert.Equal(["service-b-5"], restored.Endpoints.Select(static e => e.Name));
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        Assert.Equal("40", watch.Query("resourceVersion"));
        await watch.StartAsync();
        await watch.SendEventAsync("BOOKMARK", Json.Bookmark("41"));
        Assert.Same(restored, await next);
    }

    [Fact]
    public async Task List_older_than_the_last_version_is_refused()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);
        harness.Api.OnWatch(static x => x.AnswerAsync(410, Json.Expired));
        harness.Api.OnList(200, Json.List("99"));

        EndpointSnapshot first = await harness.ReadAsync();
        EndpointSourceException failure = await harness.FailAsync();

        Assert.Single(first.Endpoints);
        Assert.Contains("99", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_older_than_the_last_version_is_not_applied()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);
        harness.Api.OnWatch(static async x =>
        {
            await x.StartAsync();
            await x.SendEventAsync("MODIFIED", Json.Slice("s1", "99"));
        });

        EndpointSnapshot first = await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange list = await harness.Api.NextAsync(Token);
        await list.AnswerAsync(200, s_one);

        Assert.Equal("100", list.Query("resourceVersion"));
        Assert.Same(first, await next);
        Assert.Equal(["backwards"], harness.RestartCauses);
    }

    [Fact]
    public async Task Bookmarks_confirm_the_same_snapshot_and_advance_the_version()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);
        harness.Api.OnWatch(static async x =>
        {
            await x.StartAsync();
            await x.SendEventAsync("BOOKMARK", Json.Bookmark("150"));
            await x.SendEventAsync("NEWS", "{\"kind\":\"Unknown\"}");
            await x.SendEventAsync("BOOKMARK", Json.Bookmark("160"));
            x.End();
        });

        EndpointSnapshot first = await harness.ReadAsync();
        (
            ScriptedExchange again, Task<EndpointSnapshot> pending,
            IReadOnlyList<EndpointSnapshot> read) = await harness.ReadUntilRequestAsync();
        await again.StartAsync();

        Assert.Equal("160", again.Query("resourceVersion"));
        Assert.All(read, s => Assert.Same(first, s));
        Assert.Same(first, await pending);
        Assert.Equal(["closed"], harness.RestartCauses);
    }

    [Theory]
    [InlineData("<html>hello</html>", "text/html")]
    [InlineData("<html>hello</html>", "application/json")]
    [InlineData("{}", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}", "application/json")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\",\"metadata\":{},\"items\":[]}", "application/json")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\",\"metadata\":{\"resourceVersion\":\"1\"}}",
        "application/json")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\",\"metadata\":{\"resourceVersion\":\"1\"},"
        + "\"items\":[{\"met", "application/json")]
    [InlineData("{\"kind\":\"EndpointSliceList\",\"apiVersion\":\"discovery.k8s.io/v1\",\"metadata\":{\"resourceVersion\":\"1\"},"
        + "\"items\":[{\"endpoints\":7}]}", "application/json")]
    [InlineData("[]", "application/json")]
    public async Task Incomplete_list_is_an_error(string body, string contentType)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(x => x.AnswerAsync(200, body, contentType));
        harness.Api.OnList(200, s_one);

        EndpointSourceException failure = await harness.FailAsync();
        EndpointSnapshot first = await harness.ReadAsync();

        Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
        Assert.Single(first.Endpoints);
    }

    [Fact]
    public async Task Too_many_requests_carry_the_time_to_wait()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(
            static x => x.AnswerAsync(429, Json.Status(429, "TooManyRequests", "slow down", 7), headers: ("Retry-After", "7")));
        harness.Api.OnList(static x => x.AnswerAsync(503, "down", "text/plain"));
        harness.Api.OnList(200, s_one);

        Assert.Equal(TimeSpan.FromSeconds(7), (await harness.FailAsync()).RetryAfter);
        Assert.Null((await harness.FailAsync()).RetryAfter);
        Assert.Single((await harness.ReadAsync()).Endpoints);
    }

    [Fact]
    public async Task A_refused_watch_goes_on_from_the_same_version()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);
        harness.Api.OnWatch(static x => x.AnswerAsync(403, Json.Status(403, "Forbidden", "no")));

        EndpointSnapshot first = await harness.ReadAsync();
        EndpointSourceException failure = await harness.FailAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();

        Assert.Contains("verbs: [\"list\", \"watch\"]", failure.Message, StringComparison.Ordinal);
        Assert.True(watch.IsWatch);
        Assert.Same(first, await next);
    }

    [Fact]
    public async Task An_error_event_is_a_failure_and_honours_its_delay()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);
        harness.Api.OnWatch(static async x =>
        {
            await x.StartAsync();
            await x.SendEventAsync("ERROR", Json.Status(429, "TooManyRequests", "slow down", 3));
        });

        await harness.ReadAsync();
        EndpointSourceException failure = await harness.FailAsync();

        Assert.Equal(TimeSpan.FromSeconds(3), failure.RetryAfter);
        Assert.Equal(["error"], harness.RestartCauses);
    }

    [Fact]
    public async Task A_burst_is_one_snapshot()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, Json.List("100"));
        EndpointSnapshot empty = await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendAsync(string.Concat(Enumerable.Range(0, 50).Select(static i =>
            $$"""{"type":"ADDED","object":{{Json.Slice($"s{i}", $"{101 + i}", Json.Pod($"service-b-{i}"))}}}""" + "\n")));

        Assert.Empty(empty.Endpoints);
        EndpointSnapshot all = await next;
        // The kernel may deliver the burst in pieces, but never event by event.
        int reads = 1;
        for (; all.Endpoints.Count < 50; reads++)
            all = await harness.ReadAsync();
        Assert.InRange(reads, 1, 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Disposal_is_prompt_in_any_state(int state)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        Task<EndpointSnapshot>? pending = null;
        ScriptedExchange? open = null;
        if (state > 0)
        {
            if (state == 2)
            {
                harness.Api.OnList(200, s_one);
                await harness.ReadAsync();
            }

            pending = harness.Stream.ReadAsync(Token).AsTask();
            open = await harness.Api.NextAsync(Token);
            if (state == 2)
                await open.StartAsync();
        }

        await harness.Stream.DisposeAsync().AsTask().WaitAsync(Wait.Limit, Token);

        if (open is not null)
            await open.ClientGone.WaitAsync(Wait.Limit, Token);
        if (pending is not null)
            await Assert.ThrowsAnyAsync<Exception>(() => pending);
    }
}
