namespace Berth.Faults;
/// <summary>Faults 29 to 39: what slices say, and when they say nothing.</summary>
public class SliceMeaningTests : FaultTest
{
    [Theory]
    [InlineData("\"endpoints\":null,\"ports\":null")]
    [InlineData("\"endpoints\":null,\"ports\":[]")]
    [InlineData("\"endpoints\":[]")]
    [InlineData("\"ports\":null")]
    public async Task F29_null_and_absent_endpoints_and_ports_are_empty(string fields)
    {
        string empty =
            $$$"""{"metadata":{"name":"s","resourceVersion":"101","labels":""" +
            $$$"""{"kubernetes.io/service-name":"service-b"}},"addressType":"IPv4",{{{fields}}}}""";
        await StartAsync(Slices.State(1), Slices.State(0));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await watch.SendEventAsync("MODIFIED", empty);
        await UntilAsync(Slices.State(0));
        await watch.SendEventAsync(
            "MODIFIED",
            Slices.Of(1, "102").Replace(
                "\"ports\":[{\"name\":\"\",\"protocol\":\"TCP\",\"port\":3456}]", "\"ports\":null", StringComparison.Ordinal));
        // The base is known without the Service's ports.
        await UntilAsync(Slices.State(1));
        Assert.Equal(3000, Rig.Current.Endpoints[0].Port);
        Assert.Empty(Observer.Failures);
    }

    [Fact]
    public async Task F30_the_placeholder_of_an_empty_service_is_a_published_empty_set()
    {
        await StartAsync(Slices.State(0), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Fixture.Text("list-empty-selector.json"));
        EndpointSnapshot empty = await UntilAsync(Slices.State(0));

        Assert.Equal(1, empty.Version);
        Assert.False(empty.IsStale);
        Assert.Same(empty, await Rig.Directory.GetEndpointsAsync(TestPods.Target, TestPods.Ports, Token));
        await watch.SendEventAsync("MODIFIED", Slices.Of(1, "99999"));
        await UntilAsync(Slices.State(1));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task F31_a_valid_empty_list_after_a_full_one_is_published(string items)
    {
        await StartAsync(Slices.State(3), Slices.State(0));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        await watch.SendEventAsync("ERROR", Json.Expired);
        await AnswerListAsync(Json.List("200").Replace("\"items\":[]", $"\"items\":{items}", StringComparison.Ordinal));
        EndpointSnapshot empty = await UntilAsync(Slices.State(0));

        Assert.False(empty.IsStale);
        Assert.Equal(2, empty.Version);
        Assert.Empty(Observer.Failures);
    }

    [Theory]
    [InlineData("stale")]
    [InlineData("other")]
    [InlineData("bare")]
    public async Task F32_DELETED_removes_by_name_whatever_its_body_says(string body)
    {
        await StartAsync(Slices.State(2), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Slices.Of(1, "90"), Json.Slice("t", "91", Slices.Pod(1))));
        string stale = body switch
        {
            // The state before the last, with its version, and with a pod that is elsewhere by now.
            "stale" => Json.Slice("t", "50", Slices.Pod(0), Slices.Pod(2)),
            "other" => Json.Slice("t", "101", Slices.Pod(0)).Replace("service-b\"}", "another\"}", StringComparison.Ordinal),
            _ => """{"metadata":{"name":"t","resourceVersion":"101"}}""",
        };
        await watch.SendEventAsync("DELETED", stale);
        await HeldAsync();
        await UntilAsync(Slices.State(1));
        Assert.Empty(Rig.RestartCauses);
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("102")));
        Assert.Equal(2, Observer.Published.Count);
    }

    [Fact]
    public async Task F33_pod_deleted_during_an_outage_is_removed_by_the_next_list()
    {
        await StartAsync(new RigOptions { Relayed = true }, Slices.State(3), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(
            Json.List("100", Slices.Of(1, "90"), Json.Slice("t", "91", Slices.Pod(1), Slices.Pod(2))));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("101")));
        Rig.Relay!.TurnsAway = true;
        Rig.Relay.Cut();
        EndpointSnapshot stale = await UntilStaleAsync();
        Assert.Equal(3, stale.Available.Count);
        Rig.Relay.TurnsAway = false;
        ScriptedExchange compacted = await Api.NextAsync(Token);
        await compacted.AnswerAsync(410, Json.Expired);
        await AnswerListAsync(Slices.List(1, "500"));
        await UntilAsync(Slices.State(1));
    }

    [Fact]
    public async Task F34_DELETED_for_an_unknown_slice_changes_nothing()
    {
        await StartAsync(Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await watch.SendEventAsync("DELETED", Json.Slice("unheard-of", "101", Slices.Pod(0)));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("102")));

        Assert.Single(Observer.Published);
        Assert.Equal(1, Rig.Current.Version);
        Assert.Empty(Rig.RestartCauses);
    }

    [Theory]
    [InlineData("MODIFIED")]
    [InlineData("ADDED")]
    public async Task F35_the_same_event_twice_publishes_nothing_the_second_time(string type)
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        EndpointSnapshot once = await UntilAsync(Slices.State(2));
        await ConfirmedAsync(() => watch.SendEventAsync(type, Slices.Of(2, "101")));
        // The same content under a new version, too: an annotation was written.
        await ConfirmedAsync(() => watch.SendEventAsync(type, Slices.Of(2, "102")));

        Assert.Same(once, Rig.Current);
        Assert.Equal(2, Observer.Published.Count);
    }

    [Fact]
    public async Task F36_pod_that_moves_between_slices_added_first_stays_one_pod()
    {
        await StartAsync(Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Slices.Of(2, "90"), Json.Slice("t", "91")));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", Json.Slice("t", "101", Slices.Pod(1))));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", Slices.Of(1, "102")));
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(1));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("103")));

        Assert.Single(Observer.Published);
        Assert.Equal(1, Rig.Current.Version);
    }

    [Fact]
    public async Task F37_pod_that_moves_between_slices_removed_first_is_held()
    {
        await StartAsync(Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Slices.Of(2, "90"), Json.Slice("t", "91")));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", Slices.Of(1, "101")));
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(249));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", Json.Slice("t", "102", Slices.Pod(1))));
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(1));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("103")));

        Assert.Single(Observer.Published);
        Assert.Equal(1, Rig.Current.Version);
    }

    [Fact]
    public async Task F37_pod_that_moves_to_no_slice_is_held_for_250_ms_and_then_gone()
    {
        await StartAsync(Slices.State(2), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Slices.Of(2, "90"), Json.Slice("t", "91")));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", Slices.Of(1, "101")));
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(250), Token);
        Assert.Equal(2, Rig.Current.Endpoints.Count);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Equal(2, Rig.Current.Endpoints.Count);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(1));
        await UntilAsync(Slices.State(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F38_slice_relabelled_to_another_service_leaves_one_joins_the_other(bool asDeletion)
    {
        await StartAsync(Slices.State(2), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Slices.Of(1, "90"), Json.Slice("t", "91", Slices.Pod(1))));
        EndpointView other = Rig.Directory.Follow(new ServiceTarget("k8s-example2", "service-c"), TestPods.Ports);
        ScriptedExchange list = await AnswerListAsync(Json.List("100"));
        Assert.Equal("kubernetes.io/service-name=service-c", list.Query("labelSelector"));
        ScriptedExchange otherWatch = await WatchAsync("100");
        string relabelled = Json.Slice("t", "101", Slices.Pod(1)).Replace("\"service-b\"", "\"service-c\"", StringComparison.Ordinal);
        // A server with a selector says DELETED to the one; a feed without says MODIFIED.
        await watch.SendEventAsync(asDeletion ? "DELETED" : "MODIFIED", relabelled);
        await otherWatch.SendEventAsync("ADDED", relabelled);
        if (asDeletion)
            await HeldAsync();
        await UntilAsync(Slices.State(1));
        await Wait.ForAsync(() => other.Current is { Endpoints.Count: 1 }, Token);

        Assert.Equal("b-1", other.Current!.Endpoints[0].Name);
    }

    [Fact]
    public async Task F39_a_service_deleted_and_created_again_has_no_ghosts()
    {
        await StartAsync(Slices.State(3), Slices.State(2), Slices.State(0), "b-1");
        ScriptedExchange watch = await ListAndWatchAsync(
            Json.List("100", Json.Slice("old-1", "90", Slices.Pod(0), Slices.Pod(1)), Json.Slice("old-2", "91", Slices.Pod(2))));
        await watch.SendEventAsync("DELETED", Json.Slice("old-2", "101", Slices.Pod(2)));
        await HeldAsync();
        await UntilAsync(Slices.State(2));
        await watch.SendEventAsync("DELETED", Json.Slice("old-1", "102", Slices.Pod(0), Slices.Pod(1)));
        await HeldAsync();
        await UntilAsync(Slices.State(0));
        await watch.SendEventAsync("ADDED", Json.Slice("new-1", "103", Json.Pod("b-1", "10.0.0.7", "uid-new")));
        EndpointSnapshot born = await UntilAsync("b-1");
        Assert.Equal(("uid-new", "10.0.0.7:3001"), (born.Endpoints[0].Uid, born.Endpoints[0].Authority));

        // The same without an event, after a 410.
        await watch.SendEventAsync("ERROR", Json.Expired);
        await AnswerListAsync(Json.List("300", Json.Slice("newer", "200", Slices.Pod(0), Slices.Pod(1))));
        EndpointSnapshot again = await UntilAsync(Slices.State(2));
        Assert.Equal("uid-1", again.FindByOrdinal(1)!.Uid);
    }
}
