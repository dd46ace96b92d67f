namespace Berth.Faults;

/// <summary>Faults 62 and 63: slices that are deleted, and slices that are dealt out again, take no pod away that is still there.</summary>
public class HoldTests : FaultTest
{
    [Fact]
    public async Task F62_the_pods_of_a_slice_that_comes_back_never_leave()
    {
        await StartAsync(Slices.State(3));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        await UntilAsync(Slices.State(3));
        // Deleted by hand; or the Service by kubectl replace --force.
        await ConfirmedAsync(() => watch.SendEventAsync("DELETED", Slices.Of(3, "101")));
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(1499));
        await ConfirmedAsync(() => watch.SendEventAsync("ADDED", Json.Slice("new", "102", Slices.Pod(0), Slices.Pod(1), Slices.Pod(2))));
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(5));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("103")));

        Assert.Single(Observer.Published);
        Assert.Equal(1, Rig.Current.Version);
    }

    [Fact]
    public async Task F62_the_pods_of_a_deleted_Service_are_gone_after_1500_ms()
    {
        await StartAsync(Slices.State(2), Slices.State(0));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(2, "100"));
        await UntilAsync(Slices.State(2));
        await watch.SendEventAsync("DELETED", Slices.Of(2, "101"));
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(1500), Token);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(1499));
        Assert.Equal(2, Rig.Current.Endpoints.Count);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(1));
        await UntilAsync(Slices.State(0));
    }

    [Fact]
    public async Task F62_pods_that_terminate_are_gone_at_once_with_their_slice()
    {
        string going = Json.Pod("b-1", "10.0.0.2", "uid-1", ready: false, serving: true, terminating: true);
        await StartAsync("b-0 b-1:Draining", "b-0");
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Json.Slice("s", "90", Slices.Pod(0), going)));
        await UntilAsync("b-0 b-1:Draining");
        await watch.SendEventAsync("DELETED", Json.Slice("s", "101", Slices.Pod(0), going));
        await UntilAsync("b-0");
        await watch.SendEventAsync("ADDED", Json.Slice("t", "102", Slices.Pod(0)));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("103")));
        Assert.Equal(2, Observer.Published.Count);
    }

    [Fact]
    public async Task F62_a_list_says_that_the_pods_of_a_deleted_slice_are_gone()
    {
        await StartAsync(Slices.State(2), Slices.State(0));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(2, "100"));
        await UntilAsync(Slices.State(2));
        await ConfirmedAsync(() => watch.SendEventAsync("DELETED", Slices.Of(2, "101")));
        await watch.SendEventAsync("ERROR", Json.Expired);
        await AnswerListAsync(Json.List("200"));
        await UntilAsync(Slices.State(0));
    }

    [Fact]
    public async Task F63_a_port_edit_deals_all_pods_out_again_and_none_leaves()
    {
        const int Count = 13;
        await StartAsync(Slices.State(Count));
        string[] slices = [.. Enumerable.Range(0, Count).Select(static i => Json.Slice($"s{i}", $"{10 + i}", Slices.Pod(i)))];
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", slices));
        await UntilAsync(Slices.State(Count));
        // One write a slice, 110 ms apart: 1.4 s in which pods are in none. Each slice gets the pod that the next one had.
        for (int i = 0; i < Count; i++)
        {
            string dealt = Json.Slice($"s{i}", $"{101 + i}", Slices.Pod((i + 1) % Count));
            await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", WithPort(dealt)));
            Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(110));
        }

        Rig.SourceTime.Advance(TimeSpan.FromSeconds(5));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("200")));
        Assert.Single(Observer.Published);
        Assert.Equal(1, Rig.Current.Version);
    }

    [Fact]
    public async Task F63_a_pod_that_is_dealt_to_no_slice_is_gone_250_ms_after_the_last()
    {
        await StartAsync(Slices.State(3), "b-0 b-1");
        ScriptedExchange watch = await ListAndWatchAsync(Json.List(
            "100", Json.Slice("s0", "90", Slices.Pod(0), Slices.Pod(2)), Json.Slice("s1", "91", Slices.Pod(1))));
        await UntilAsync(Slices.State(3));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", WithPort(Json.Slice("s0", "101", Slices.Pod(0)))));
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(500), Token);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(400));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", WithPort(Json.Slice("s1", "102", Slices.Pod(1)))));
        await Rig.SourceTime.WaitForTimerAsync(static due => due <= TimeSpan.FromMilliseconds(100), Token);
        Assert.Equal(3, Rig.Current.Endpoints.Count);
        // 250 ms and 125 for each slice are the most.
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(100));
        await UntilAsync("b-0 b-1");
    }

    [Fact]
    public async Task F63_slices_whose_ports_differ_for_good_hold_no_pod_beyond_the_bound()
    {
        await StartAsync(Slices.State(3), "b-0 b-1");
        ScriptedExchange watch = await ListAndWatchAsync(Json.List(
            "100", Json.Slice("s0", "90", Slices.Pod(0), Slices.Pod(2)), WithPort(Json.Slice("s1", "91", Slices.Pod(1)))));
        await UntilAsync(Slices.State(3));
        await watch.SendEventAsync("MODIFIED", Json.Slice("s0", "101", Slices.Pod(0)));
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(500), Token);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Equal(3, Rig.Current.Endpoints.Count);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(1));
        await UntilAsync("b-0 b-1");
    }

    [Fact]
    public async Task F63_a_list_in_the_middle_of_a_deal_takes_no_pod_away()
    {
        await StartAsync(Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(
            Json.List("100", Json.Slice("s0", "90", Slices.Pod(0)), Json.Slice("s1", "91", Slices.Pod(1))));
        await UntilAsync(Slices.State(2));
        await watch.SendEventAsync("ERROR", Json.Expired);
        // b-0 has left s0, and s1 is not written yet.
        await AnswerListAsync(Json.List("200", WithPort(Json.Slice("s0", "190", Slices.Pod(1))), Json.Slice("s1", "91", Slices.Pod(1))));
        ScriptedExchange again = await WatchAsync("200");
        await ConfirmedAsync(() => again.SendEventAsync("MODIFIED", WithPort(Json.Slice("s1", "201", Slices.Pod(0)))));
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(5));
        await ConfirmedAsync(() => again.SendEventAsync("BOOKMARK", Json.Bookmark("202")));
        Assert.Single(Observer.Published);
    }

    private static string WithPort(string slice) => slice.Replace("3456", "3457", StringComparison.Ordinal);
}
