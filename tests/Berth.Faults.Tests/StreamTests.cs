using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Faults;

/// <summary>Faults 1 to 3, 10, 11 and 28: how a watch continues and ends.</summary>
public class StreamTests : FaultTest
{
    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, true)]
    [InlineData(HttpProtocols.Http1AndHttp2, false)]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http1, false)]
    public async Task F01_stream_cut_inside_an_event_resumes_from_the_last_version(
        HttpProtocols protocols, bool broken)
    {
        await StartAsync(new RigOptions { Protocols = protocols }, Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        byte[] whole = watch.Event("MODIFIED", Slices.Of(2, "9000"));
        // Every byte near an edge of the event, and every seventh between.
        int[] cuts = [.. Enumerable.Range(0, whole.Length).Where(i => i < 40 || i > whole.Length - 20 || i % 7 == 0)];
        foreach (int cut in cuts)
        {
            string version = $"{101 + cut}";
            // A reset drops data that the client has not read yet, so the test waits until the bookmark is known.
            await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark(version)));
            await watch.SendAsync(whole.AsMemory(0, cut));
            watch = await ReopenAsync(version, broken ? watch.Cut : watch.End);
        }

        Assert.Equal(Slices.State(1), TestKit.Invariants.SnapshotText.Of(Rig.Current));
        Assert.Single(Observer.Published);
        await watch.SendAsync(whole);
        await UntilAsync(Slices.State(2));
        Assert.Empty(Observer.Failures);
    }

    [Fact]
    public async Task F02_clean_close_at_the_timeout_is_watched_again_without_a_list()
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        for (int i = 0; i < 2; i++)
        {
            await OpenedAsync();
            Rig.SourceTime.Advance(TimeSpan.FromSeconds(300));
            watch.End();
            watch = await WatchAsync("100");
        }

        Assert.Single(Observer.Published);
        Assert.Single(Api.Requests, static r => !r.IsWatch);
        Assert.Equal(["closed", "closed"], Rig.RestartCauses);
        Assert.Empty(Rig.DirectoryTime.Waits);
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));
    }

    [Fact]
    public async Task F03_watches_closed_within_a_second_back_off_and_list_again()
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        await AnswerListAsync(Slices.List(1, "100"));
        const int Rounds = 6;
        for (int round = 0; round <= Rounds; round++)
        {
            ScriptedExchange watch = await WatchAsync("100");
            watch.End();
            // The first of all is simply taken up again; from then on each leads to a list.
            if (round > 0)
                await AnswerListAsync(Slices.List(1, "100"));
        }

        ScriptedExchange last = await WatchAsync("100");
        await last.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));
        Assert.Equal(2, Observer.Published.Count);
        TimeSpan[] waits = [.. Rig.DirectoryTime.Waits];
        Assert.Equal(Rounds, waits.Length);
        for (int i = 0; i < waits.Length; i++)
            Assert.InRange(waits[i], TimeSpan.FromMilliseconds(100 << i), TimeSpan.FromMilliseconds(200 << i));
        Assert.All(Rig.RestartCauses, static c => Assert.Equal("tooshort", c));
    }

    [Fact]
    public async Task F10_hour_of_bookmarks_keeps_the_snapshot_fresh_and_publishes_nothing()
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        EndpointSnapshot before = await UntilAsync(Slices.State(1));
        await OpenedAsync();
        for (int minute = 1; minute <= 60; minute++)
        {
            Rig.SourceTime.Advance(TimeSpan.FromMinutes(1));
            await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark($"{100 + minute}")), TimeSpan.FromMinutes(1));
            if (minute % 7 != 0)
                continue;
            watch = await ReopenAsync($"{100 + minute}", watch.End);
        }

        Assert.Same(before, Rig.Current);
        Assert.False(Rig.Current.IsStale);
        Assert.Equal(TimeSpan.Zero, Rig.View!.Age);
        Assert.Single(Observer.Published);
        Assert.Single(Api.Requests, static r => !r.IsWatch);
        Assert.All(Rig.RestartCauses, static c => Assert.Equal("closed", c));
    }

    [Fact]
    public async Task F11_server_without_bookmarks_is_followed_and_recovers_through_410()
    {
        await StartAsync(Slices.State(1), Slices.State(2), Slices.State(3));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        for (int i = 1; i <= 6; i++)
        {
            await OpenedAsync();
            Rig.SourceTime.Advance(TimeSpan.FromMinutes(5));
            watch.End();
            // Nothing at all for a quarter of an hour: a list that must not be older asks whether the version is still known.
            if (i % 3 == 0)
                Assert.Equal("100", (await AnswerListAsync(Slices.List(1, "100"))).Query("resourceVersion"));
            watch = await WatchAsync("100");
        }

        Assert.Single(Observer.Published);
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "150"));
        await UntilAsync(Slices.State(2));
        watch.End();
        ScriptedExchange compacted = await Api.NextAsync(Token);
        Assert.Equal("150", compacted.Query("resourceVersion"));
        await compacted.AnswerAsync(410, Json.Expired);
        ScriptedExchange list = await AnswerListAsync(Slices.List(3, "900"));
        await UntilAsync(Slices.State(3));

        Assert.Equal("150", list.Query("resourceVersion"));
        Assert.Empty(Observer.Failures);
        await WatchAsync("900");
    }

    [Theory]
    [InlineData("""{"type":"NEWS","object":{"kind":"Unheard","metadata":{"name":"s"}}}""")]
    [InlineData("""{"type":"NEWS"}""")]
    [InlineData("""{"type":"MODIFIED","later":[{"a":1}],"object":SLICE}""")]
    [InlineData("""{"later":{"type":"DELETED"},"object":SLICE,"type":"MODIFIED"}""")]
    public async Task F28_an_unknown_type_field_or_value_is_ignored_and_the_stream_goes_on(string line)
    {
        string slice = Slices.Of(1, "101")
            .Replace("\"addressType\"", "\"spec\":{\"x\":[1,2.5e9,null,{\"y\":\"\\u0041\"}]},\"addressType\"", StringComparison.Ordinal)
            .Replace("\"conditions\":{", "\"deviceHints\":[true],\"conditions\":{\"healing\":true,", StringComparison.Ordinal)
            .Replace(
                "\"protocol\":\"TCP\"", "\"protocol\":\"TCP\",\"appProtocol\":\"kubernetes.io/h9\",\"weight\":-1",
                StringComparison.Ordinal);
        string odd = Json.Slice("x", "102", Json.Pod("b-7", "10.0.0.8")).Replace("\"IPv4\"", "\"IPv9\"", StringComparison.Ordinal);
        await StartAsync(Slices.State(1), Slices.State(1) + " !b-7", Slices.State(2) + " !b-7");
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await watch.SendAsync(line.Replace("SLICE", slice, StringComparison.Ordinal) + "\n");
        await watch.SendEventAsync("ADDED", odd);
        await UntilAsync(Slices.State(1) + " !b-7");
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "103"));
        await UntilAsync(Slices.State(2) + " !b-7");

        Assert.Empty(Rig.RestartCauses);
        Assert.Empty(Observer.Failures);
        Assert.Equal(2, Api.Requests.Count);
    }
}
