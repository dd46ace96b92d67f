namespace Berth.Kubernetes;

/// <summary>
/// Row K28 of docs/kubernetes-behaviour.md: answers of a real Kubernetes 1.36.2 to lists and watches that may surprise, and the reader's
/// result.
/// </summary>
public sealed class RealWatchTests
{
    private const string Slice = "s";

    private static readonly string s_tooLarge = Json.Status(
        504, "Timeout", "Too large resource version: 100, current: 40", 1, "ResourceVersionTooLarge");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bookmark_that_repeats_a_version_confirms_and_changes_nothing()
    {
        // One a minute, and one 2 s before the end; sometimes twice the same version.
        await using WatchedSlices seen = await WatchedSlices.StartAsync(Json.Slice(Slice, "90", Json.Pod("service-b-0")));
        foreach (string version in (string[])["150", "150", "151"])
            Assert.Same(seen.First, await seen.AfterAsync("BOOKMARK", Json.Bookmark(version)));
        seen.Watch.End();
        ScriptedExchange again = await seen.NextRequestAsync();
        Assert.True(again.IsWatch);
        Assert.Equal("151", again.Query("resourceVersion"));
        Assert.Equal(["closed"], seen.RestartCauses);
    }

    [Fact]
    public async Task Version_that_the_server_cannot_read_is_a_failure_and_asked_again()
    {
        // resourceVersion=abc is answered 500. A reader sends no version but the server's own, so 500 says nothing about the slices.
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, Json.List("100", Json.Slice(Slice, "90", Json.Pod("service-b-0"))));
        harness.Api.OnWatch(static x => x.AnswerAsync(
            500, Json.Status(500, "InternalError", "strconv.ParseUint: parsing \"abc\": invalid syntax")));
        EndpointSnapshot first = await harness.ReadAsync();
        EndpointSourceException failure = await harness.FailAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange again = await harness.Api.NextAsync(Token);
        await again.StartAsync();
        Assert.Contains("500", failure.Message, StringComparison.Ordinal);
        Assert.Equal("100", again.Query("resourceVersion"));
        Assert.Same(first, await next);
    }

    [Fact]
    public async Task Streaming_list_from_the_future_is_asked_again_without_a_version()
    {
        // 200, and after 3.0 s an ERROR event with code 504.
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { StreamingLists = true });
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("ADDED", Json.Slice(Slice, "90", Json.Pod("service-b-0")));
        await watch.SendEventAsync("BOOKMARK", Json.Bookmark("100", initialEventsEnd: true));
        EndpointSnapshot first = await next;
        Task<EndpointSourceException> failed = harness.FailAsync();
        // The store was set back: the version that was seen is in the future now.
        await watch.SendEventAsync("ERROR", Json.Expired);
        ScriptedExchange future = await harness.Api.NextAsync(Token);
        await future.StartAsync();
        await future.SendEventAsync("ERROR", s_tooLarge);
        EndpointSourceException failure = await failed;
        next = harness.ReadAsync();
        ScriptedExchange latest = await harness.Api.NextAsync(Token);
        await latest.StartAsync();
        await latest.SendEventAsync("BOOKMARK", Json.Bookmark("40", initialEventsEnd: true));

        Assert.Single(first.Endpoints);
        Assert.Equal(("true", "100"), (future.Query("sendInitialEvents"), future.Query("resourceVersion")));
        Assert.Equal(TimeSpan.FromSeconds(1), failure.RetryAfter);
        Assert.Equal(("true", ""), (latest.Query("sendInitialEvents"), latest.Query("resourceVersion") ?? ""));
        EndpointSnapshot restored = await next;
        Assert.Empty(restored.Endpoints);
        Assert.Equal("40", restored.SourceVersion);
    }

    [Fact]
    public async Task Watch_from_the_future_is_left_when_its_bookmarks_stay_away()
    {
        // 200 and silence. A bookmark comes each minute if the version has changed.
        TestClock time = new();
        await using WatchedSlices seen = await WatchedSlices.StartAsync(time, Json.Slice(Slice, "90", Json.Pod("service-b-0")));
        Task<EndpointSnapshot> next = seen.ReadAsync();
        await time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(150), Token);
        time.Advance(TimeSpan.FromSeconds(150));
        ScriptedExchange list = await seen.NextRequestAsync();
        Assert.False(list.IsWatch);
        Assert.Equal("100", list.Query("resourceVersion"));
        await list.AnswerAsync(504, s_tooLarge);
        await Assert.ThrowsAsync<EndpointSourceException>(() => next);
        next = seen.ReadAsync();
        ScriptedExchange latest = await seen.NextRequestAsync();
        Assert.Null(latest.Query("resourceVersion"));
        await latest.AnswerAsync(200, Json.List("40"));
        Assert.Empty((await next).Endpoints);
    }
}
