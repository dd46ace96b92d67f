namespace Berth.Faults;

/// <summary>Faults 67 to 70: what nodes say of the addresses that slices state.</summary>
public sealed class NodeAddressTests : FaultTest
{
    [Fact]
    public async Task F67_a_pod_off_the_host_network_is_not_given_its_nodes_external_address()
    {
        ScriptedExchange _ = await StartWithNodesAsync(
            AddressMode.External, "b-0 !b-1",
            Json.Pod("b-0", "10.0.0.1", "uid-0"), Json.Pod("b-1", "10.244.1.7", "uid-1", "node-1"));
        EndpointSnapshot snapshot = await UntilAsync("b-0 !b-1");
        Assert.Equal("203.0.113.1:3000", snapshot.Endpoints[0].Authority);
        LeftOutPod off = Assert.Single(snapshot.LeftOut);
        Assert.Equal(LeftOutReason.NotOnHostNetwork, off.Reason);
        Assert.Contains("10.244.1.7 is none of node node-1 (10.0.0.2)", off.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F67_external_or_internal_gives_such_a_pod_its_own_address()
    {
        ScriptedExchange _ = await StartWithNodesAsync(
            AddressMode.ExternalOrInternal, Slices.State(2),
            Json.Pod("b-0", "10.0.0.1", "uid-0"), Json.Pod("b-1", "10.244.1.7", "uid-1", "node-1"));
        EndpointSnapshot snapshot = await UntilAsync(Slices.State(2));
        Assert.Equal(["203.0.113.1:3000", "10.244.1.7:3001"], snapshot.Endpoints.Select(static pod => pod.Authority));
        Assert.Empty(snapshot.Warnings);
    }

    [Fact]
    public async Task F68_a_node_with_pods_on_the_host_network_and_off_it_is_told_once()
    {
        ScriptedExchange _ = await StartWithNodesAsync(
            AddressMode.ExternalOrInternal, Slices.State(2),
            Json.Pod("b-0", "10.0.0.1", "uid-0"), Json.Pod("b-1", "10.244.1.7", "uid-1"));
        EndpointSnapshot snapshot = await UntilAsync(Slices.State(2));
        EndpointWarning warning = Assert.Single(snapshot.Warnings);
        Assert.Equal(EndpointWarningKind.MixedNetworks, warning.Kind);
        Assert.Contains("On node node-0 some pods", warning.Detail, StringComparison.Ordinal);
        await Observer.Log.LoggedAsync(104, 1, Token);
    }

    [Fact]
    public async Task F69_a_new_InternalIP_that_the_slices_do_not_follow_is_told_once()
    {
        ScriptedExchange nodes = await StartWithNodesAsync(
            AddressMode.External, "b-0", Json.Pod("b-0", "10.0.0.1", "uid-0"));
        await UntilAsync("b-0");
        await nodes.SendEventAsync(
            "MODIFIED", Json.Node("node-0", "51", ("InternalIP", "10.0.0.99"), ("ExternalIP", "203.0.113.1")));
        EndpointSnapshot told = await Rig.UntilAsync(static v => v.Current!.Warnings.Count == 1);
        Assert.Equal(EndpointWarningKind.NodeAddressChanged, told.Warnings[0].Kind);
        Assert.Contains("pod b-0", told.Warnings[0].Detail, StringComparison.Ordinal);
        // It is still on the host network: its node's external address leads to it.
        Assert.Equal("203.0.113.1:3000", told.Endpoints[0].Authority);
        await Observer.Log.LoggedAsync(104, 1, Token);

        // It goes back, or the pod is deleted and the next one has the new address.
        await nodes.SendEventAsync(
            "MODIFIED", Json.Node("node-0", "52", ("InternalIP", "10.0.0.1"), ("ExternalIP", "203.0.113.1")));
        await Rig.UntilAsync(static v => v.Current!.Warnings.Count == 0);
    }

    [Fact]
    public async Task F70_the_ExternalIP_that_a_ready_node_loses_stays_for_five_minutes()
    {
        ScriptedExchange nodes = await StartWithNodesAsync(
            AddressMode.External, ["b-0", "!b-0"], Json.Pod("b-0", "10.0.0.1", "uid-0"));
        await UntilAsync("b-0");
        await nodes.SendEventAsync("MODIFIED", ReadyNode("51"));
        await LostAsync(1);
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal("203.0.113.1:3000", Rig.Current.Endpoints[0].Authority);

        // It returns and is lost again, which starts a new five minutes.
        await nodes.SendEventAsync("MODIFIED", ReadyNode("52", ("ExternalIP", "203.0.113.1")));
        await Observer.Log.LoggedAsync(215, 1, Token);
        await nodes.SendEventAsync("MODIFIED", ReadyNode("53"));
        await LostAsync(2);
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(299));
        Assert.Single(Rig.Current.Endpoints);
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(1));
        EndpointSnapshot without = await UntilAsync("!b-0");
        Assert.Equal(LeftOutReason.NoExternalAddress, without.LeftOut[0].Reason);
        await Observer.Log.LoggedAsync(215, 2, Token);
    }

    [Fact]
    public async Task F70_a_node_that_is_not_ready_loses_its_ExternalIP_at_once()
    {
        ScriptedExchange nodes = await StartWithNodesAsync(
            AddressMode.External, ["b-0", "!b-0"], Json.Pod("b-0", "10.0.0.1", "uid-0"));
        await UntilAsync("b-0");
        await nodes.SendEventAsync("MODIFIED", Json.Node("node-0", "51", ("InternalIP", "10.0.0.1")));
        await UntilAsync("!b-0");
        Assert.Equal(0, Observer.Log.Count(214));
    }

    private static string ReadyNode(string version, params (string Type, string Address)[] addresses)
    {
        const string Conditions = """[{"type":"MemoryPressure","status":"False"},{"type":"Ready","status":"True"}]""";
        return Json.Node("node-0", version, [("InternalIP", "10.0.0.1"), .. addresses])
            .Replace("\"status\":{", $"\"status\":{{\"conditions\":{Conditions},", StringComparison.Ordinal);
    }

    /// <summary>Waits until the loss of an address is logged, and after that the end of its five minutes is set.</summary>
    private async Task LostAsync(int times)
    {
        await Observer.Log.LoggedAsync(214, times, Token);
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMinutes(5), Token);
    }

    private Task<ScriptedExchange> StartWithNodesAsync(AddressMode mode, string state, params string[] pods) =>
        StartWithNodesAsync(mode, [state], pods);

    /// <summary>Two nodes, a slice with pods, and the open watch of the nodes.</summary>
    private async Task<ScriptedExchange> StartWithNodesAsync(AddressMode mode, string[] states, params string[] pods)
    {
        await StartAsync(new RigOptions { AddressMode = mode }, states);
        ScriptedExchange list = await Api.NextNodesAsync(Token);
        await list.AnswerAsync(200, Json.NodeList(
            "50",
            Json.Node("node-0", "1", ("InternalIP", "10.0.0.1"), ("ExternalIP", "203.0.113.1")),
            Json.Node("node-1", "2", ("InternalIP", "10.0.0.2"), ("ExternalIP", "203.0.113.2"))));
        await ListAndWatchAsync(Json.List("100", Json.Slice("s", "90", pods)));
        ScriptedExchange nodes = await Api.NextNodesAsync(Token);
        await nodes.StartAsync();
        // A watch whose head has not arrived would end at the first minute that a test lets pass.
        await OpenedAsync();
        await OpenedAsync();
        return nodes;
    }
}
