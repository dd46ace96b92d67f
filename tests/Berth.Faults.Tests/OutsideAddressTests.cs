namespace Berth.Faults;

/// <summary>Faults 96 to 99: addresses and names for clients outside that come and go.</summary>
public sealed class OutsideAddressTests : FaultTest
{
    private static readonly string s_slices = Json.List(
        "100", Json.Slice("s", "90", Json.Pod("b-0", "10.0.0.1", "uid-0"), Json.Pod("b-1", "10.0.0.1", "uid-1")));

    [Fact]
    public async Task F96_ExternalDNS_that_a_ready_node_loses_stays_for_five_minutes()
    {
        ScriptedExchange nodes = await StartWithNodeAsync(
            AddressMode.External, Node("1", true, ("ExternalIP", "203.0.113.1"), ("ExternalDNS", "n0.cloud.example")));
        Assert.Equal("n0.cloud.example:3000", Rig.Current.Endpoints[0].HostAuthority);

        await nodes.SendEventAsync("MODIFIED", Node("51", true, ("ExternalIP", "203.0.113.1")));
        await LostAsync(1);
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(60));
        await nodes.SendEventAsync("MODIFIED", Node("52", true, ("ExternalIP", "203.0.113.1"), ("ExternalDNS", "n0.cloud.example")));
        await Observer.Log.LoggedAsync(215, 1, Token);
        Assert.Equal("n0.cloud.example", Rig.Current.Endpoints[0].Host);

        await nodes.SendEventAsync("MODIFIED", Node("53", true, ("ExternalIP", "203.0.113.1")));
        await LostAsync(2);
        Rig.SourceTime.Advance(TimeSpan.FromMinutes(5));
        EndpointSnapshot without = await Rig.UntilAsync(static v => v.Current!.Endpoints[0].Host is null);
        Assert.Equal("203.0.113.1:3000", without.Endpoints[0].Authority);
    }

    [Fact]
    public async Task F97_internal_addresses_that_stand_in_are_told_once_for_a_node()
    {
        ScriptedExchange nodes = await StartWithNodeAsync(
            AddressMode.ExternalOrInternal, Node("1", true, ("ExternalIP", "203.0.113.1")));
        await nodes.SendEventAsync("MODIFIED", Node("51", true));
        await LostAsync(1);
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal("203.0.113.1:3000", Rig.Current.Endpoints[0].Authority);
        Assert.Equal(0, Observer.Log.Count(219));

        Rig.SourceTime.Advance(TimeSpan.FromSeconds(1));
        await Rig.UntilAsync(static v => v.Current!.Endpoints[1].Authority == "10.0.0.1:3001");
        await Observer.Log.LoggedAsync(219, 1, Token);
        await nodes.SendEventAsync("MODIFIED", Node("52", true, ("ExternalIP", "203.0.113.1")));
        await Rig.UntilAsync(static v => v.Current!.Endpoints[1].Authority == "203.0.113.1:3001");
        await Observer.Log.LoggedAsync(220, 1, Token);
    }

    [Fact]
    public async Task F97_node_that_is_not_ready_loses_its_address_at_once_and_is_told()
    {
        ScriptedExchange nodes = await StartWithNodeAsync(
            AddressMode.ExternalOrInternal, Node("1", true, ("ExternalIP", "203.0.113.1")));
        await nodes.SendEventAsync("MODIFIED", Node("51", false));
        await Rig.UntilAsync(static v => v.Current!.Endpoints[0].Authority == "10.0.0.1:3000");
        await Observer.Log.LoggedAsync(219, 1, Token);
    }

    [Fact]
    public async Task F98_address_map_with_a_fault_changes_nothing()
    {
        using TestFolder folder = new();
        string path = folder.Write("map", "10.0.0.0/24 -> 203.0.113.0/24");
        await StartWithMapAsync(path, "203.0.113.1", "198.51.100.1");

        File.WriteAllText(path, "10.0.0.0/24 -> 198.51.100.0/24\nnonsense");
        await LookAsync(() => Observer.Log.Count(200) == 1);
        File.Delete(path);
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("203.0.113.1:3000", Rig.Current.Endpoints[0].Authority);
        await Observer.Log.LoggedAsync(200, 1, Token);

        File.WriteAllText(path, "10.0.0.0/24 -> 198.51.100.0/24");
        await LookAsync(() => Observer.Log.Count(217) == 1);
        await Rig.UntilAsync(static v => v.Current!.Endpoints[0].Authority == "198.51.100.1:3000");
        await Observer.Log.LoggedAsync(201, 1, Token);
    }

    [Fact]
    public async Task F99_swap_of_the_symlinks_of_a_ConfigMap_is_a_new_map()
    {
        using TestFolder folder = new();
        // As the kubelet lays a ConfigMap out: map -> ..data/map, and ..data -> the folder of a version.
        System.IO.Directory.CreateDirectory(folder["..1"]);
        System.IO.Directory.CreateDirectory(folder["..2"]);
        folder.Write("..1/map", "10.0.0.1 -> 203.0.113.1");
        folder.Write("..2/map", "10.0.0.1 -> 198.51.100.1");
        File.CreateSymbolicLink(folder["..data"], "..1");
        File.CreateSymbolicLink(folder["map"], "..data/map");
        await StartWithMapAsync(folder["map"], "203.0.113.1", "198.51.100.1");

        System.IO.Directory.Delete(folder["..data"]);
        File.CreateSymbolicLink(folder["..data"], "..2");
        await LookAsync(() => Observer.Log.Count(217) == 1);
        await Rig.UntilAsync(static v => v.Current!.Endpoints[1].Authority == "198.51.100.1:3001");
    }

    /// <summary>Waits until the loss of an address is logged, and after that the end of its five minutes is set.</summary>
    private async Task LostAsync(int times)
    {
        await Observer.Log.LoggedAsync(214, times, Token);
        await Rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromMinutes(5), Token);
    }

    private async Task LookAsync(Func<bool> until)
    {
        Rig.SourceTime.Advance(TimeSpan.FromSeconds(5));
        await Wait.ForAsync(until, Token);
    }

    private static string Node(string version, bool isReady, params (string Type, string Address)[] addresses) =>
        Json.Node("node-0", version, [("InternalIP", "10.0.0.1"), .. addresses]).Replace(
            "\"status\":{", $"\"status\":{{\"conditions\":[{{\"type\":\"Ready\",\"status\":\"{(isReady ? "True" : "Unknown")}\"}}],",
            StringComparison.Ordinal);

    private async Task StartWithMapAsync(string path, params string[] mapped)
    {
        await StartAsync(
            new RigOptions
            {
                AddressMode = AddressMode.External,
                ExternalFrom = [ExternalAddressSource.MapFile(path)],
                Mapped = mapped,
            },
            Slices.State(2));
        await ListAndWatchAsync(s_slices);
        Assert.Equal($"{mapped[0]}:3000", Rig.Current.Endpoints[0].Authority);
    }

    private async Task<ScriptedExchange> StartWithNodeAsync(AddressMode mode, string node)
    {
        await StartAsync(
            new RigOptions { AddressMode = mode, ExternalFrom = [ExternalAddressSource.ExternalIP, ExternalAddressSource.ExternalDns] },
            Slices.State(2));
        ScriptedExchange list = await Api.NextNodesAsync(Token);
        await list.AnswerAsync(200, Json.NodeList("50", node));
        await ListAndWatchAsync(s_slices);
        ScriptedExchange nodes = await Api.NextNodesAsync(Token);
        await nodes.StartAsync();
        // A watch whose head has not arrived would end at the first minute that a test lets pass.
        await OpenedAsync();
        await OpenedAsync();
        return nodes;
    }
}
