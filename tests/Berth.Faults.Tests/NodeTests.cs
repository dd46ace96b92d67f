namespace Berth.Faults;

/// <summary>Fault 52: external addresses that do not exist, or that may not be read.</summary>
public sealed class NodeTests : FaultTest
{
    private static readonly string s_forbidden = Json.Status(
        403, "Forbidden", "nodes is forbidden: User \"system:serviceaccount:k8s-example2:service-a\" cannot list resource \"nodes\"");

    [Fact]
    public async Task F52_node_without_ExternalIP_is_reported_and_never_becomes_internal()
    {
        await StartAsync(new RigOptions { AddressMode = AddressMode.External }, "b-0 !b-1 !b-2 !b-3", "b-0 b-1 !b-2 !b-3");
        ScriptedExchange nodes = await Api.NextNodesAsync(Token);
        await nodes.AnswerAsync(200, Json.NodeList(
            "50",
            Json.Node("node-0", "1", ("InternalIP", "10.0.0.1"), ("ExternalIP", "203.0.113.1")),
            Json.Node("node-1", "2", ("InternalIP", "10.0.0.2")),
            Json.Node("node-2", "3", ("ExternalIP", ""))));
        await AnswerListAsync(
            Json.List(
                "100",
                Json.Slice(
                    "s", "90",
                    [.. Enumerable.Range(0, 4).Select(static i => Json.Pod($"b-{i}", $"10.0.0.{i + 1}", $"uid-{i}", $"node-{i}"))])));
        EndpointSnapshot snapshot = await UntilAsync("b-0 !b-1 !b-2 !b-3");
        Assert.Equal("203.0.113.1:3000", Assert.Single(snapshot.Endpoints).Authority);
        Assert.Equal(
            [LeftOutReason.NoExternalAddress, LeftOutReason.NoExternalAddress, LeftOutReason.ExternalAddressUnknown],
            snapshot.LeftOut.Select(static e => e.Reason));

        // It gets one later, and only then is it given.
        ScriptedExchange watch = await Api.NextNodesAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Node("node-1", "51", ("ExternalIP", "203.0.113.2")));
        Assert.Equal("203.0.113.2:3001", (await UntilAsync("b-0 b-1 !b-2 !b-3")).FindByOrdinal(1)!.Authority);
    }

    [Fact]
    public async Task F52_unreadable_nodes_leave_external_unknown_and_name_the_rule()
    {
        await StartAsync(new RigOptions { AddressMode = AddressMode.External }, "!b-0 !b-1", Slices.State(2));
        ScriptedExchange nodes = await Api.NextNodesAsync(Token);
        await nodes.AnswerAsync(403, s_forbidden);
        await AnswerListAsync(Slices.List(2, "100"));
        EndpointSnapshot snapshot = await UntilAsync("!b-0 !b-1");

        Assert.All(snapshot.LeftOut, static e => Assert.Equal(LeftOutReason.ExternalAddressUnknown, e.Reason));
        Assert.Contains("resources: [\"nodes\"], verbs: [\"list\"]", snapshot.LeftOut[0].Detail, StringComparison.Ordinal);
        await Observer.Log.LoggedAsync(210, 1, Token);
        Assert.Empty(Observer.Failures);

        // Granted: it is found out without a restart.
        await Rig.SourceTime.WaitForTimerAsync(static due => due < TimeSpan.FromSeconds(1), Token);
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(1));
        ScriptedExchange again = await Api.NextNodesAsync(Token);
        await again.AnswerAsync(200, Json.NodeList("50", Json.Node("node-0", "1", ("ExternalIP", "203.0.113.1"))));
        EndpointSnapshot granted = await UntilAsync(Slices.State(2));
        Assert.Equal(["203.0.113.1:3000", "203.0.113.1:3001"], granted.Endpoints.Select(static e => e.Authority));
        await Observer.Log.LoggedAsync(213, 1, Token);
    }

    [Fact]
    public async Task F52_the_internal_view_asks_for_no_node()
    {
        await StartAsync(Slices.State(2));
        await ListAndWatchAsync(Slices.List(2, "100"));
        await UntilAsync(Slices.State(2));

        Assert.DoesNotContain(Api.Requests, static r => r.Path.EndsWith("/nodes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task F52_external_or_internal_falls_back_to_internal_and_says_so()
    {
        await StartAsync(new RigOptions { AddressMode = AddressMode.ExternalOrInternal }, Slices.State(2));
        ScriptedExchange nodes = await Api.NextNodesAsync(Token);
        await nodes.AnswerAsync(403, s_forbidden);
        await AnswerListAsync(Slices.List(2, "100"));
        EndpointSnapshot snapshot = await UntilAsync(Slices.State(2));

        Assert.Equal(["10.0.0.1:3000", "10.0.0.2:3001"], snapshot.Endpoints.Select(static e => e.Authority));
        await Observer.Log.LoggedAsync(211, 1, Token);
    }

    [Fact]
    public async Task F52_nodes_that_can_no_longer_be_read_stay_and_are_stale()
    {
        await StartAsync(new RigOptions { AddressMode = AddressMode.External }, Slices.State(2), Slices.State(3));
        ScriptedExchange nodes = await Api.NextNodesAsync(Token);
        await nodes.AnswerAsync(200, Json.NodeList("50", Json.Node("node-0", "1", ("ExternalIP", "203.0.113.1"))));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(2, "100"));
        await UntilAsync(Slices.State(2));
        Rig.DirectoryTime.Advance(TimeSpan.FromSeconds(1));
        ScriptedExchange nodeWatch = await Api.NextNodesAsync(Token);
        await nodeWatch.AnswerAsync(403, s_forbidden);
        EndpointSnapshot stale = await UntilStaleAsync();
        Assert.Equal(["203.0.113.1:3000", "203.0.113.1:3001"], stale.Endpoints.Select(static e => e.Authority));
        Assert.Contains("resources: [\"nodes\"]", stale.StaleReason, StringComparison.Ordinal);
        Assert.Equal(1, stale.Version);
        await Observer.Log.LoggedAsync(212, 1, Token);

        // Slices are still followed, but their changes do not make the addresses newer.
        await watch.SendEventAsync("MODIFIED", Slices.Of(3, "101"));
        EndpointSnapshot more = await Rig.UntilAsync(static v => v.Current!.Endpoints.Count == 3);
        Assert.True(more.IsStale);
        Assert.True(Rig.View!.Age >= TimeSpan.FromSeconds(1));
        Assert.Empty(Observer.Failures);

        // Granted again: live, without a restart.
        await Rig.SourceTime.WaitForTimerAsync(static due => due < TimeSpan.FromSeconds(1), Token);
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(1));
        ScriptedExchange again = await Api.NextNodesAsync(Token);
        await again.StartAsync();
        await UntilLiveAsync();
        Assert.Equal(2, Rig.Current.Version);
        await Observer.Log.LoggedAsync(213, 1, Token);
    }

    [Fact]
    public async Task F52_change_of_nodes_does_not_end_a_failure_of_slices()
    {
        await StartAsync(new RigOptions { AddressMode = AddressMode.External }, Slices.State(2));
        ScriptedExchange nodes = await Api.NextNodesAsync(Token);
        await nodes.AnswerAsync(200, Json.NodeList("50", Json.Node("node-0", "1", ("ExternalIP", "203.0.113.1"))));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(2, "100"));
        await UntilAsync(Slices.State(2));
        ScriptedExchange nodeWatch = await Api.NextNodesAsync(Token);
        await nodeWatch.StartAsync();
        // Both watches are waited on.
        await OpenedAsync();
        await OpenedAsync();
        Rig.DirectoryTime.IsHurried = false;
        await watch.SendEventAsync("ERROR", Json.Status(500, "InternalError", "etcd is away"));
        await UntilStaleAsync();
        await nodeWatch.SendEventAsync("MODIFIED", Json.Node("node-0", "51", ("ExternalIP", "203.0.113.9")));
        // It has been read, and the next is waited for.
        await OpenedAsync();
        Rig.DirectoryTime.IsHurried = true;
        Rig.DirectoryTime.Advance(TimeSpan.FromSeconds(1));
        ScriptedExchange again = await Api.NextAsync(Token);

        // Nothing has been heard of slices yet.
        Assert.True(Rig.Current.IsStale);
        Assert.Equal(0, Observer.Log.Count(101));
        await again.StartAsync();
        await Rig.UntilAsync(static v => v.Current is { IsStale: false } current && current.Endpoints[0].Authority == "203.0.113.9:3000");
        await Observer.Log.LoggedAsync(101, 1, Token);
        await Observer.Log.LoggedAsync(100, 1, Token);
    }
}
