namespace Berth.Faults;

/// <summary>Faults 64 to 66, 95 and 109: slices of another writer, and slices without one.</summary>
public class ForeignSliceTests : FaultTest
{
    [Fact]
    public async Task F64_the_controllers_own_slice_counts_in_any_order_of_writes()
    {
        const string State = "b-0 b-1 b-3 !b-0 (slice peer)";
        await StartAsync(State, "b-0:NotReady b-1 b-3 !b-0 (slice peer)", "b-0 b-1 b-3", "b-0 b-1");
        string own(string version, bool ready = true) => Controlled(Json.Slice("s", version, Slices.Pod(0, ready), Slices.Pod(1)));
        string peer(string version) => ManagedBy(
            Json.Slice("peer", version, Json.Pod("b-0", "10.9.9.9", "peer-0"), Json.Pod("b-3", "10.9.9.3", "peer-3")), "peer-sync");
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", peer("95"), own("90")));
        EndpointSnapshot snapshot = await UntilAsync(State);
        Assert.Equal("10.0.0.1:3000", snapshot.FindByOrdinal(0)!.Authority);
        LeftOutPod shadowed = Assert.Single(snapshot.LeftOut);
        Assert.Equal(LeftOutReason.OtherSource, shadowed.Reason);
        Assert.Contains("slice peer states b-0 at 10.9.9.9", shadowed.Detail, StringComparison.Ordinal);

        // In any order of writes, nothing changes hands.
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", peer("101")));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", own("102")));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", peer("103")));
        Assert.Single(Observer.Published);
        // Not even when the own pod is not ready, and the other is.
        await watch.SendEventAsync("MODIFIED", own("104", ready: false));
        EndpointSnapshot unready = await UntilAsync("b-0:NotReady b-1 b-3 !b-0 (slice peer)");
        Assert.Equal("uid-0", unready.FindByOrdinal(0)!.Uid);

        // The same behind a 410.
        await watch.SendEventAsync("ERROR", Json.Expired);
        await AnswerListAsync(Json.List("200", own("190"), peer("191")));
        await UntilAsync(State);
        ScriptedExchange again = await WatchAsync("200");
        await again.SendEventAsync("DELETED", peer("201"));
        await HeldAsync();
        await UntilAsync("b-0 b-1");
    }

    [Fact]
    public async Task F109_copies_of_two_clusters_never_take_turns()
    {
        const string State = "b-0 b-1 !b-0 (slice west)";
        await StartAsync(State, "b-0:NotReady b-1 !b-0 (slice west)", "b-0", "b-0 b-1");
        // Both are copies by one controller: the label of the mesh tells the clusters apart.
        string east(string version, bool ready = true) =>
            CopyOf("east", Json.Slice("east", version, Json.Pod("b-0", "10.1.0.1", "east-0", ready: ready)));
        string west(string version) => CopyOf(
            "west", Json.Slice("west", version, Json.Pod("b-0", "10.2.0.1", "west-0"), Json.Pod("b-1", "10.2.0.2", "west-1")));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", west("95"), east("90")));
        EndpointSnapshot snapshot = await UntilAsync(State);
        Assert.Equal("10.1.0.1:3000", snapshot.FindByOrdinal(0)!.Authority);
        Assert.Contains(
            "slice west states b-0 at 10.2.0.1, and slice east from east", Assert.Single(snapshot.LeftOut).Detail,
            StringComparison.Ordinal);

        // In any order of writes the same slice counts, even when its pod is not ready.
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", west("101")));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", east("102")));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", west("103")));
        Assert.Single(Observer.Published);
        await watch.SendEventAsync("MODIFIED", east("104", ready: false));
        Assert.Equal("east-0", (await UntilAsync("b-0:NotReady b-1 !b-0 (slice west)")).FindByOrdinal(0)!.Uid);

        static string CopyOf(string cluster, string slice) => ManagedBy(slice, "mesh-sync").Replace(
            "\"endpointslice.kubernetes.io/managed-by\"", $"\"multicluster.kubernetes.io/source-cluster\":\"{cluster}\","
                + "\"endpointslice.kubernetes.io/managed-by\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task F65_a_mirrored_slice_beside_the_controllers_is_told_once()
    {
        await StartAsync(Slices.State(3));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Controlled(Slices.Of(3, "90"))));
        Assert.Empty((await UntilAsync(Slices.State(3))).Warnings);
        // The Service's selector is removed: the controller's slice stays as it is, and a copy of the Endpoints comes.
        const string Mirrored =
            """{"addresses":["10.0.0.1"],"conditions":{"ready":true},"targetRef":{"kind":"Pod","name":"b-0","uid":"uid-0"},"zone":"z0"}""";
        await watch.SendEventAsync(
            "ADDED", ManagedBy(Json.Slice("m", "101", Mirrored), "endpointslicemirroring-controller.k8s.io"));
        EndpointSnapshot told = await Rig.UntilAsync(static v => v.Current!.Warnings.Count == 1);
        Assert.Equal(EndpointWarningKind.FrozenSlices, told.Warnings[0].Kind);
        Assert.Contains("mirrored slices m ", told.Warnings[0].Detail, StringComparison.Ordinal);
        Assert.Contains("selector", told.Warnings[0].Detail, StringComparison.Ordinal);
        Assert.Equal(3, told.Available.Count);

        // The selector is put back: the copy goes.
        await watch.SendEventAsync(
            "DELETED", ManagedBy(Json.Slice("m", "102", Mirrored), "endpointslicemirroring-controller.k8s.io"));
        await Rig.UntilAsync(static v => v.Current!.Warnings.Count == 0);
        await Observer.Log.LoggedAsync(104, 1, Token);
        await Observer.Log.LoggedAsync(105, 1, Token);
    }

    [Fact]
    public async Task F65_mirrored_slices_alone_are_as_the_API_says()
    {
        await StartAsync("b-0 b-1:NotReady");
        string[] pods =
        [
            """{"addresses":["10.0.0.1"],"conditions":{"ready":true},"targetRef":{"kind":"Pod","name":"b-0"}}""",
            """{"addresses":["10.0.0.2"],"conditions":{"ready":false},"targetRef":{"kind":"Pod","name":"b-1"}}""",
        ];
        await ListAndWatchAsync(
            Json.List("100", ManagedBy(Json.Slice("m", "90", pods), "endpointslicemirroring-controller.k8s.io")));
        EndpointSnapshot snapshot = await UntilAsync("b-0 b-1:NotReady");
        // serving is unset, which means true; ready is what keeps it out.
        Assert.True(snapshot.FindByOrdinal(1)!.Serving);
        Assert.Equal(["b-0"], snapshot.Available.Select(static pod => pod.Name));
        Assert.Empty(snapshot.Warnings);
    }

    [Fact]
    public async Task F66_a_slice_whose_Service_is_gone_is_told_once()
    {
        await StartAsync(Slices.State(2), Slices.State(0));
        ScriptedExchange watch = await ListAndWatchAsync(Json.List("100", Controlled(Slices.Of(2, "90"))));
        await UntilAsync(Slices.State(2));
        // kubectl delete service --cascade=orphan
        await watch.SendEventAsync("MODIFIED", ManagedBy(Slices.Of(2, "101"), "endpointslice-controller.k8s.io"));
        EndpointSnapshot told = await Rig.UntilAsync(static v => v.Current!.Warnings.Count == 1);
        Assert.Equal(EndpointWarningKind.FrozenSlices, told.Warnings[0].Kind);
        Assert.Contains("slices s have no owner", told.Warnings[0].Detail, StringComparison.Ordinal);
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("102")));
        await Observer.Log.LoggedAsync(104, 1, Token);
        await watch.SendEventAsync("DELETED", Slices.Of(2, "103"));
        await HeldAsync();
        EndpointSnapshot gone = await UntilAsync(Slices.State(0));
        Assert.Empty(gone.Warnings);
    }

    [Fact]
    public async Task F95_copy_of_another_cluster_takes_no_pods_place_during_a_deal()
    {
        const string State = "b-0 b-1 !b-0 (slice peer)";
        await StartAsync(State, "b-0 b-1");
        string peer = ManagedBy(Json.Slice("peer", "80", Json.Pod("b-0", "10.9.9.9", "peer-0")), "peer-sync");
        ScriptedExchange watch = await ListAndWatchAsync(Json.List(
            "100", Controlled(Json.Slice("s0", "90", Slices.Pod(0))), Controlled(Json.Slice("s1", "91", Slices.Pod(1))), peer));
        await UntilAsync(State);
        // The controller moves b-0, and for some milliseconds only the copy states a pod of that name.
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", Controlled(Json.Slice("s0", "101"))));
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(250), Token);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(249));
        await ConfirmedAsync(() => watch.SendEventAsync("MODIFIED", Controlled(Json.Slice("s1", "102", Slices.Pod(0), Slices.Pod(1)))));
        Assert.All(Observer.Published, static snapshot => Assert.Equal("10.0.0.1:3000", snapshot.FindByOrdinal(0)!.Authority));

        // Once the pod has really left, the copy is all that the API states.
        await watch.SendEventAsync("MODIFIED", Controlled(Json.Slice("s1", "103", Slices.Pod(1))));
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(250), Token);
        Assert.Equal("10.0.0.1:3000", Rig.Current.FindByOrdinal(0)!.Authority);
        Rig.SourceTime.Advance(TimeSpan.FromMilliseconds(250));
        EndpointSnapshot left = await UntilAsync("b-0 b-1");
        Assert.Equal("10.9.9.9:3000", left.FindByOrdinal(0)!.Authority);
    }

    private static string Controlled(string slice) => ManagedBy(slice, "endpointslice-controller.k8s.io").Replace(
        "\"labels\":", "\"ownerReferences\":[{\"kind\":\"Service\",\"name\":\"service-b\",\"uid\":\"s\"}],\"labels\":",
        StringComparison.Ordinal);

    private static string ManagedBy(string slice, string manager) => slice.Replace(
        "\"labels\":{", $"\"labels\":{{\"endpointslice.kubernetes.io/managed-by\":\"{manager}\",", StringComparison.Ordinal);
}
