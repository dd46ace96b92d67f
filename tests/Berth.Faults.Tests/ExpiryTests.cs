using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;

namespace Berth.Faults;

/// <summary>Faults 4 to 9: versions that are gone, not yet there, or going back.</summary>
public class ExpiryTests : FaultTest
{
    private static string TooLarge => Fixture.Text("list-version-too-large.json");

    [Fact]
    public async Task F04_410_as_the_status_is_listed_again_at_once()
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        await AnswerListAsync(Slices.List(1, "100"));
        ScriptedExchange watch = await Api.NextAsync(Token);
        await watch.AnswerAsync(410, Json.Expired);
        ScriptedExchange list = await AnswerListAsync(Slices.List(2, "200"));
        await UntilAsync(Slices.State(2));

        Assert.True(watch.IsWatch);
        Assert.Equal("100", list.Query("resourceVersion"));
        Assert.Equal("NotOlderThan", list.Query("resourceVersionMatch"));
        Assert.Empty(Observer.Failures);
        Assert.Equal(["gone"], Rig.RestartCauses);
        await WatchAsync("200");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F05_410_inside_a_stream_lists_again_and_publishes_one_change_at_most(bool differs)
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await watch.SendAsync(Fixture.Bytes("watch-gone.jsonl"));
        await AnswerListAsync(differs ? Slices.List(2, "200") : Json.List("200", Slices.Of(1, "100")));
        ScriptedExchange next = await WatchAsync("200");
        // The watch may be asked for before readers have the list.
        await UntilAsync(Slices.State(differs ? 2 : 1));
        await ConfirmedAsync(() => next.SendEventAsync("BOOKMARK", Json.Bookmark("201")));

        Assert.Equal(differs ? 2 : 1, Observer.Published.Count);
        Assert.Equal(differs ? 2 : 1, Rig.Current.Version);
        Assert.Empty(Observer.Failures);
    }

    [Fact]
    public async Task F06_410_on_page_2_leads_to_one_full_list_and_nothing_partial()
    {
        await StartAsync(Slices.State(3));
        ScriptedExchange first = await Api.NextAsync(Token);
        await first.AnswerAsync(200, Json.ListWith("100", "page-2", Slices.Of(1, "90")));
        ScriptedExchange second = await Api.NextAsync(Token);
        await second.AnswerAsync(410, Json.Expired);
        ScriptedExchange whole = await AnswerListAsync(Slices.List(3, "120"));
        await UntilAsync(Slices.State(3));

        Assert.Equal("500", first.Query("limit"));
        Assert.Equal("page-2", second.Query("continue"));
        Assert.Null(whole.Query("continue"));
        Assert.Null(whole.Query("limit"));
        Assert.Single(Observer.Published);
        Assert.Equal(3, Api.Requests.Count(static r => !r.IsWatch));
        Assert.Empty(Observer.Failures);
        await WatchAsync("120");
    }

    [Fact]
    public async Task F06_410_on_page_2_of_a_later_list_keeps_the_whole_set_meanwhile()
    {
        await StartAsync(Slices.State(3), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        await watch.SendEventAsync("ERROR", Json.Expired);
        ScriptedExchange first = await Api.NextAsync(Token);
        await first.AnswerAsync(200, Json.ListWith("150", "page-2", Slices.Of(1, "140")));
        ScriptedExchange second = await Api.NextAsync(Token);
        await second.AnswerAsync(410, Json.Expired);
        ScriptedExchange whole = await Api.NextAsync(Token);

        Assert.Equal(3, Rig.Current.Available.Count);
        await whole.AnswerAsync(200, Slices.List(2, "160"));
        await UntilAsync(Slices.State(2));
        Assert.Equal(2, Observer.Published.Count);
    }

    [Fact]
    public async Task F06_page_that_names_itself_as_next_is_an_error_then_one_full_list()
    {
        await StartAsync(Slices.State(3), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        await watch.SendEventAsync("ERROR", Json.Expired);
        for (int page = 0; page < 2; page++)
            await AnswerListAsync(Json.ListWith("150", "page-2", Slices.Of(1, "140")));
        EndpointSnapshot stale = await UntilStaleAsync();

        Assert.Equal(3, stale.Available.Count);
        Assert.Contains("page 2 names itself as the one that follows", stale.StaleReason, StringComparison.Ordinal);
        ScriptedExchange whole = await AnswerListAsync(Slices.List(2, "160"));
        Assert.Null(whole.Query("limit"));
        Assert.Null(whole.Query("continue"));
        await UntilAsync(Slices.State(2));
    }

    [Fact]
    public async Task F06_endless_pages_stop_at_a_limit_and_nothing_is_published()
    {
        await BuildAsync(null, Slices.State(3));
        int pages = 0;
        for (int i = 0; i < PagedList<SliceObject>.MaxPages; i++)
            Api.OnList(x => x.AnswerAsync(200, Json.ListWith("100", $"page-{++pages % 3}", Slices.Of(1, "90"))));
        Rig.Follow();
        ScriptedExchange whole = await AnswerListAsync(Slices.List(3, "120"));
        await UntilAsync(Slices.State(3));

        Assert.Null(whole.Query("limit"));
        Assert.Equal(PagedList<SliceObject>.MaxPages, pages);
        Assert.Contains($"after {pages} pages there is still another", Assert.Single(Observer.Failures).Message, StringComparison.Ordinal);
        Assert.Single(Observer.Published);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task F07_version_too_large_waits_as_asked_and_then_lists_without_one(bool onWatch)
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        await AnswerListAsync(Slices.List(1, "100"));
        ScriptedExchange watch = await Api.NextAsync(Token);
        Task tooLarge(ScriptedExchange x) =>
            x.AnswerAsync(504, TooLarge.Replace("\"retryAfterSeconds\":1", "\"retryAfterSeconds\":7", StringComparison.Ordinal));
        if (onWatch)
        {
            await tooLarge(watch);
        }
        else
        {
            await watch.AnswerAsync(410, Json.Expired);
            ScriptedExchange refused = await Api.NextAsync(Token);
            Assert.Equal("100", refused.Query("resourceVersion"));
            await tooLarge(refused);
        }

        ScriptedExchange list = await AnswerListAsync(Slices.List(2, "120"));
        await UntilAsync(Slices.State(2));

        Assert.Null(list.Query("resourceVersion"));
        Assert.Null(list.Query("resourceVersionMatch"));
        Assert.Equal([TimeSpan.FromSeconds(7)], Rig.DirectoryTime.Waits);
        Assert.Single(Observer.Failures);
        await WatchAsync("120");
    }

    [Fact]
    public async Task F07_server_that_never_knows_its_version_is_asked_less_and_less()
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        const int Rounds = 6;
        for (int round = 0; round < Rounds; round++)
        {
            // Its store answers, but its watch cache is behind: each list succeeds, and each watch from that version fails.
            await AnswerListAsync(Slices.List(1, "100"));
            ScriptedExchange watch = await Api.NextAsync(Token);
            Assert.True(watch.IsWatch);
            await watch.AnswerAsync(504, TooLarge);
        }

        await AnswerListAsync(Slices.List(2, "120"));
        await UntilAsync(Slices.State(2));
        await WatchAsync("120");
        TimeSpan[] waits = [.. Rig.DirectoryTime.Waits];
        Assert.Equal(Rounds, waits.Length);
        Assert.Equal(TimeSpan.FromSeconds(1), waits[0]);
        // Five times in a row: from 200 ms, doubled each time and cut by at most half.
        Assert.InRange(waits[^1], TimeSpan.FromSeconds(1.6), TimeSpan.FromSeconds(3.2));
    }

    [Fact]
    public async Task F08_restored_etcd_is_accepted_only_by_a_list_without_a_version()
    {
        await StartAsync(Slices.State(3), Slices.State(2), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "1000"));
        await UntilAsync(Slices.State(3));
        await watch.SendEventAsync("MODIFIED", Slices.Of(1, "40"));
        ScriptedExchange list = await Api.NextAsync(Token);
        Assert.Equal("1000", list.Query("resourceVersion"));
        await list.AnswerAsync(504, TooLarge);
        ScriptedExchange latest = await Api.NextAsync(Token);
        Assert.Null(latest.Query("resourceVersion"));
        Assert.Equal(3, Rig.Current.Endpoints.Count);
        await latest.AnswerAsync(200, Slices.List(2, "41"));
        await UntilAsync(Slices.State(2));

        ScriptedExchange next = await WatchAsync("41");
        await next.SendEventAsync("MODIFIED", Slices.Of(1, "42"));
        await UntilAsync(Slices.State(1));
        Assert.Equal("42", Rig.Current.SourceVersion);
    }

    [Fact]
    public async Task F08_list_that_goes_back_against_the_request_is_refused()
    {
        await StartAsync(Slices.State(3), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "1000"));
        await watch.SendEventAsync("ERROR", Json.Expired);
        await AnswerListAsync(Slices.List(1, "40"));
        ScriptedExchange latest = await Api.NextAsync(Token);

        Assert.Equal(3, Rig.Current.Endpoints.Count);
        Assert.True(Rig.Current.IsStale);
        Assert.Null(latest.Query("resourceVersion"));
        await latest.AnswerAsync(200, Slices.List(1, "41"));
        await UntilAsync(Slices.State(1));
        await WatchAsync("41");
    }

    [Fact]
    public async Task F08_restored_server_that_stops_bookmarks_is_listed_again()
    {
        await StartAsync(Slices.State(3), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "1000"));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("1001")));
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(150), Token);
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(150));
        ScriptedExchange list = await Api.NextAsync(Token);
        Assert.Equal("1001", list.Query("resourceVersion"));
        await list.AnswerAsync(504, TooLarge);
        await AnswerListAsync(Slices.List(1, "40"));
        await UntilAsync(Slices.State(1));
        await WatchAsync("40");
    }

    [Fact]
    public async Task F08_restored_server_without_bookmarks_is_listed_after_15_minutes()
    {
        await StartAsync(Slices.State(3), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "1000"));
        // Restored to a version far below: each watch from ours is taken, and stays silent until its end.
        for (int i = 0; i < 2; i++)
        {
            await OpenedAsync();
            Rig.SourceTime.Advance(TimeSpan.FromMinutes(7));
            watch.End();
            watch = await WatchAsync("1000");
        }

        await OpenedAsync();
        Rig.SourceTime.Advance(TimeSpan.FromMinutes(7));
        watch.End();
        ScriptedExchange list = await Api.NextAsync(Token);
        Assert.Equal("1000", list.Query("resourceVersion"));
        Assert.Equal("NotOlderThan", list.Query("resourceVersionMatch"));
        await list.AnswerAsync(504, TooLarge);
        await AnswerListAsync(Slices.List(1, "40"));
        await UntilAsync(Slices.State(1));
        await WatchAsync("40");
    }

    [Fact]
    public async Task F09_a_second_server_that_lags_never_takes_us_back()
    {
        await StartAsync(new RigOptions { Relayed = true }, Slices.State(2), Slices.State(3));
        ScriptedApi lagging = await Rig.AddServerAsync();
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(2, "100"));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("110")));

        Rig.Upstream = lagging;
        Rig.Relay!.Cut();
        // It does not know version 110 yet, and returns its latest state.
        ScriptedExchange behind = await lagging.NextAsync(Token);
        Assert.Equal("110", behind.Query("resourceVersion"));
        await behind.StartAsync();
        await behind.SendEventAsync("MODIFIED", Slices.Of(1, "95"));
        ScriptedExchange list = await lagging.NextAsync(Token);
        Assert.Equal("110", list.Query("resourceVersion"));
        Assert.Equal("NotOlderThan", list.Query("resourceVersionMatch"));
        await list.AnswerAsync(200, Slices.List(1, "96"));
        ScriptedExchange latest = await lagging.NextAsync(Token);
        Assert.Null(latest.Query("resourceVersion"));
        Assert.Equal(2, Rig.Current.Available.Count);
        await latest.AnswerAsync(200, Slices.List(3, "111"));
        await UntilAsync(Slices.State(3));
    }
}
