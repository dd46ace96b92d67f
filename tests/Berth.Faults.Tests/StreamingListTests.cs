namespace Berth.Faults;

/// <summary>Faults 12 to 14: lists that are streamed (KEP-3157).</summary>
public class StreamingListTests : FaultTest
{
    private static readonly RigOptions s_streaming = new() { StreamingLists = true };

    [Fact]
    public async Task F12_streaming_list_without_an_end_times_out_and_a_plain_list_follows()
    {
        await StartAsync(s_streaming, Slices.State(2));
        ScriptedExchange stream = await StreamAsync();
        // The client waits after the head, and again after the event.
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(30), Token);
        await stream.SendEventAsync("ADDED", Slices.Of(1, "90"));
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(30), Token);
        Assert.Null(Rig.View!.Current);
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(30));
        await stream.ClientGone.WaitAsync(Wait.Limit, Token);
        ScriptedExchange list = await AnswerListAsync(Slices.List(2, "100"));
        await UntilAsync(Slices.State(2));

        Assert.Null(list.Query("sendInitialEvents"));
        Assert.Single(Observer.Published);
        await WatchAsync("100");
    }

    [Theory]
    [InlineData(400, "BadRequest")]
    [InlineData(422, "Invalid")]
    public async Task F13_refused_streaming_list_becomes_plain_and_is_not_tried_again(int status, string reason)
    {
        await StartAsync(s_streaming, Slices.State(1), Slices.State(2));
        ScriptedExchange refused = await Api.NextAsync(Token);
        Assert.Equal("true", refused.Query("sendInitialEvents"));
        await refused.AnswerAsync(status, Json.Status(status, reason, "sendInitialEvents is forbidden for watch"));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await watch.SendEventAsync("ERROR", Json.Expired);
        await AnswerListAsync(Slices.List(2, "200"));
        await UntilAsync(Slices.State(2));

        Assert.Single(Api.Requests, static r => r.Query("sendInitialEvents") is not null);
        Assert.Empty(Observer.Failures);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F14_streaming_list_cut_before_its_end_is_dropped_and_restarted(bool broken)
    {
        await StartAsync(s_streaming, Slices.State(1));
        for (int i = 0; i < 3; i++)
        {
            ScriptedExchange cut = await StreamAsync();
            // The pods of a cut list do not exist in the next list.
            await cut.SendEventAsync("ADDED", Json.Slice("t", "80", Slices.Pod(4)));
            await cut.SendEventAsync("ADDED", Slices.Of(1, "90"));
            if (broken)
                cut.Cut();
            else
                cut.End();
        }

        ScriptedExchange stream = await StreamAsync();
        await stream.SendEventAsync("ADDED", Slices.Of(1, "90"));
        Assert.Null(Rig.View!.Current);
        await stream.SendEventAsync("BOOKMARK", Json.Bookmark("100", initialEventsEnd: true));
        await UntilAsync(Slices.State(1));
        Assert.Single(Observer.Published);
    }

    [Fact]
    public async Task F14_later_streaming_list_that_is_cut_leaves_the_set_unchanged()
    {
        await StartAsync(s_streaming, Slices.State(3), Slices.State(2));
        ScriptedExchange first = await StreamAsync();
        await first.SendEventAsync("ADDED", Slices.Of(3, "90"));
        await first.SendEventAsync("BOOKMARK", Json.Bookmark("100", initialEventsEnd: true));
        await UntilAsync(Slices.State(3));
        await first.SendEventAsync("ERROR", Json.Expired);
        ScriptedExchange second = await StreamAsync();
        await second.SendEventAsync("ADDED", Slices.Of(1, "110"));
        second.Cut();
        ScriptedExchange third = await StreamAsync();
        Assert.Equal(3, Rig.Current.Available.Count);
        await third.SendEventAsync("ADDED", Slices.Of(2, "111"));
        await third.SendEventAsync("BOOKMARK", Json.Bookmark("120", initialEventsEnd: true));
        await UntilAsync(Slices.State(2));
        Assert.Equal(2, Observer.Published.Count);
    }

    private async Task<ScriptedExchange> StreamAsync()
    {
        ScriptedExchange stream = await Api.NextAsync(Token);
        Assert.Equal("true", stream.Query("sendInitialEvents"));
        Assert.Equal("NotOlderThan", stream.Query("resourceVersionMatch"));
        await stream.StartAsync();
        return stream;
    }
}
