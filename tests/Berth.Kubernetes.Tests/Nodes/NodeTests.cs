namespace Berth.Kubernetes.Nodes;

/// <summary>External addresses: nodes listed and watched only when they are asked for, and never guessed.</summary>
public sealed class NodeTests
{
    private static readonly string s_slices = Json.List(
        "100",
        Json.Slice(
            "s", "90", Json.Pod("service-b-0", node: "node-0"), Json.Pod("service-b-1", "10.0.0.2", node: "node-1"),
            Json.Pod("service-b-2", "10.0.0.3", node: null)));

    private static readonly string s_nodes = Json.NodeList(
        "80", Json.Node("node-0", "70", ("InternalIP", "10.0.0.1"), ("ExternalIP", "fd00::9"), ("ExternalIP", "192.0.2.1")),
        Json.Node("node-1", "71", ("ExternalIP", ""), ("Hostname", "x")));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string[] Describe(EndpointSnapshot snapshot) =>
        [.. snapshot.Endpoints.Select(static e => $"{e.Name} {string.Join(',', e.Addresses)}"),
            .. snapshot.LeftOut.Select(static e => $"{e.Name} {e.Reason}")];

    [Fact]
    public async Task Internal_addresses_read_no_nodes()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_slices);
        await harness.ReadAsync();
        Assert.DoesNotContain(harness.Api.Requests, static r => r.Path.EndsWith("nodes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(AddressMode.External, AddressFamilies.IPv4ThenIPv6, "service-b-0 192.0.2.1,fd00::9", "service-b-1 NoExternalAddress",
        "service-b-2 ExternalAddressUnknown")]
    [InlineData(AddressMode.External, AddressFamilies.IPv6ThenIPv4, "service-b-0 fd00::9,192.0.2.1", "service-b-1 NoExternalAddress",
        "service-b-2 ExternalAddressUnknown")]
    [InlineData(AddressMode.ExternalOrInternal, AddressFamilies.IPv4ThenIPv6, "service-b-0 192.0.2.1,fd00::9", "service-b-1 10.0.0.2",
        "service-b-2 ExternalAddressUnknown")]
    public async Task External_addresses_come_from_the_node(AddressMode mode, AddressFamilies family, params string[] expected)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { AddressMode = mode, AddressFamilies = family });
        harness.Api.OnList(200, s_slices);
        harness.Api.OnNodes(static x => x.AnswerAsync(200, s_nodes));
        Assert.Equal(expected, Describe(await harness.ReadAsync()));
    }

    [Fact]
    public async Task The_recorded_nodes()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { AddressMode = AddressMode.External });
        harness.Api.OnList(200, Fixture.Text("list-3-ready.json"));
        harness.Api.OnNodes(static x => x.AnswerAsync(200, Fixture.Text("nodes.json")));
        string[] described = Describe(await harness.ReadAsync());
        Assert.Equal("service-b-0 10.78.0.1", described[0]);
        Assert.Equal(3, described.Length);
    }

    [Fact]
    public async Task A_change_of_a_node_changes_its_pods()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { AddressMode = AddressMode.External });
        harness.Api.OnList(200, s_slices);
        harness.Api.OnNodes(static x => x.AnswerAsync(200, s_nodes));
        EndpointSnapshot first = await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextNodesAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Node("node-1", "81", ("ExternalIP", "192.0.2.2")));

        EndpointSnapshot second = await next;
        next = harness.ReadAsync();
        await watch.SendEventAsync("DELETED", Json.Node("node-0", "82"));

        Assert.Equal(["service-b-0 192.0.2.1,fd00::9", "service-b-1 192.0.2.2", "service-b-2 ExternalAddressUnknown"], Describe(second));
        Assert.Same(first.FindByOrdinal(0), second.FindByOrdinal(0));
        Assert.Equal(
            ["service-b-1 192.0.2.2", "service-b-0 ExternalAddressUnknown", "service-b-2 ExternalAddressUnknown"], Describe(await next));
    }

    [Fact]
    public async Task Forbidden_nodes_leave_external_unknown_until_the_rule_is_granted()
    {
        RecordingLogger logger = new();
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { AddressMode = AddressMode.External, LoggerFactory = logger });
        harness.Api.OnList(200, s_slices);
        for (int i = 0; i < 2; i++)
            harness.Api.OnNodes(static x => x.AnswerAsync(403, Json.Status(403, "Forbidden", "nodes is forbidden")));

        EndpointSnapshot first = await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange list = await harness.Api.NextNodesAsync(Token);
        await list.AnswerAsync(200, s_nodes);
        EndpointSnapshot second = await next;

        Assert.All(first.LeftOut, static e => Assert.Equal(LeftOutReason.ExternalAddressUnknown, e.Reason));
        Assert.Contains("resources: [\"nodes\"]", first.LeftOut[0].Detail, StringComparison.Ordinal);
        Assert.Equal("service-b-0 192.0.2.1,fd00::9", Describe(second)[0]);
        Assert.Equal([210, 213], logger.Ids);
    }

    [Fact]
    public async Task Forbidden_nodes_with_fallback_give_internal_and_say_so_once()
    {
        RecordingLogger logger = new();
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { AddressMode = AddressMode.ExternalOrInternal, LoggerFactory = logger });
        harness.Api.OnList(200, s_slices);
        for (int i = 0; i < 2; i++)
            harness.Api.OnNodes(static x => x.AnswerAsync(403, Json.Status(403, "Forbidden", "nodes is forbidden")));

        EndpointSnapshot first = await harness.ReadAsync();
        await harness.Api.NextNodesAsync(Token);

        Assert.Equal(["service-b-0 10.0.0.1", "service-b-1 10.0.0.2", "service-b-2 10.0.0.3"], Describe(first));
        Assert.Equal([211], logger.Ids);
    }

    [Fact]
    public async Task Nodes_that_cannot_be_read_yet_are_a_failure_and_not_an_empty_set()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { AddressMode = AddressMode.External });
        harness.Api.OnList(200, s_slices);
        harness.Api.OnNodes(static x => x.AnswerAsync(500, Json.Status(500, "InternalError", "etcd is away")));

        EndpointSourceException failure = await harness.FailAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange again = await harness.Api.NextNodesAsync(Token);
        await again.AnswerAsync(200, s_nodes);

        Assert.Contains("etcd is away", failure.Message, StringComparison.Ordinal);
        Assert.Equal("service-b-0 192.0.2.1,fd00::9", Describe(await next)[0]);
    }

    [Fact]
    public async Task Two_targets_share_one_reading_of_nodes()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { AddressMode = AddressMode.External });
        harness.Api.OnList(200, s_slices);
        harness.Api.OnList(200, s_slices);
        harness.Api.OnNodes(static x => x.AnswerAsync(200, s_nodes));
        await harness.ReadAsync();
        await using IEndpointStream other = harness.Source.Open(
            new ServiceTarget("k8s-example2", "service-b"), PortScheme.PerOrdinal(4000));
        EndpointSnapshot snapshot = await other.ReadAsync(Token);
        Assert.Equal("192.0.2.1:4000", snapshot.Endpoints[0].Authority);
        Assert.Single(harness.Api.Requests, static r => r.Path.EndsWith("nodes", StringComparison.Ordinal) && !r.IsWatch);
    }
}
