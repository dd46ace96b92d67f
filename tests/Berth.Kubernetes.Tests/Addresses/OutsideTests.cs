using Berth.Kubernetes.Nodes;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Addresses;

/// <summary>Addresses and host names for clients outside the cluster, over the real client.</summary>
public sealed class OutsideTests
{
    private const string Key = "example.com/public";

    private static readonly string s_slices = Json.List(
        "100",
        Json.Slice("s", "90", Json.Pod("service-b-0", node: "node-0"), Json.Pod("service-b-1", "10.0.0.2", node: "node-1")));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("external-ip", "192.0.2.1", "192.0.2.2")]
    [InlineData("external-ip,external-dns", "192.0.2.1 n0.cloud.example", "192.0.2.2")]
    [InlineData("annotation=example.com/public,external-ip", "198.51.100.1 edge0.example.com", "192.0.2.2")]
    [InlineData("external-ip,annotation=example.com/public,external-dns", "192.0.2.1 edge0.example.com", "192.0.2.2")]
    [InlineData("label=example.com/public", "203.0.113.1", "NoExternalAddress")]
    [InlineData("annotation=none,label=example.com/public,external-ip", "203.0.113.1", "192.0.2.2")]
    [InlineData("annotation=example.com/public,external-dns", "198.51.100.1 edge0.example.com", "NoExternalAddress")]
    public async Task First_source_with_addresses_gives_them(string from, params string[] expected)
    {
        await using SourceHarness harness = await StartAsync(AddressMode.External, from);
        harness.Api.OnNodes(static x => x.AnswerAsync(200, NodeList("n0.cloud.example")));
        Assert.Equal(expected, Describe(await harness.ReadAsync()));
    }

    [Fact]
    public async Task Internal_address_stands_in_and_keeps_the_name()
    {
        await using SourceHarness harness = await StartAsync(AddressMode.ExternalOrInternal, "external-dns");
        harness.Api.OnNodes(static x => x.AnswerAsync(200, NodeList("n0.cloud.example")));
        Assert.Equal(["10.0.0.1 n0.cloud.example", "10.0.0.2"], Describe(await harness.ReadAsync()));
    }

    [Fact]
    public async Task Map_alone_reads_no_nodes()
    {
        using TestFile map = new("10.0.0.0/24 -> 203.0.113.0/24\nnode-1 -> edge1.example.com 203.0.113.99\n");
        await using SourceHarness harness = await StartAsync(AddressMode.External, $"map={map.Path}");
        Assert.Equal(["203.0.113.1", "203.0.113.99 edge1.example.com"], Describe(await harness.ReadAsync()));
        Assert.DoesNotContain(harness.Api.Requests, static r => r.Path.EndsWith("nodes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pod_that_no_line_maps_is_left_out_with_the_sources()
    {
        using TestFile map = new("10.0.0.1 -> 203.0.113.1");
        await using SourceHarness harness = await StartAsync(AddressMode.External, $"map={map.Path}");
        LeftOutPod left = Assert.Single((await harness.ReadAsync()).LeftOut);
        Assert.Equal(LeftOutReason.NoExternalAddress, left.Reason);
        Assert.Contains("node-1 of address 10.0.0.2 has no external IPv4 address by map=", left.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Map_gives_addresses_while_nodes_are_forbidden()
    {
        using TestFile map = new("10.0.0.1 -> 203.0.113.1");
        await using SourceHarness harness = await StartAsync(AddressMode.External, $"map={map.Path},external-ip");
        harness.Api.OnNodes(static x => x.AnswerAsync(403, Json.Status(403, "Forbidden", "nodes is forbidden")));
        Assert.Equal(["203.0.113.1", "ExternalAddressUnknown"], Describe(await harness.ReadAsync()));
    }

    [Fact]
    public async Task Template_names_pods_of_every_kind_of_address()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { HostTemplate = "{pod}.{namespace}.play.example.com" });
        harness.Api.OnList(200, s_slices);
        EndpointSnapshot snapshot = await harness.ReadAsync();
        Assert.Equal("service-b-0.k8s-example2.play.example.com", snapshot.Endpoints[0].Host);
        Assert.Equal("service-b-0.k8s-example2.play.example.com:3000", snapshot.Endpoints[0].HostAuthority);
        // Readers get the same endpoint object that the slice has: a name for each pod costs nothing until it is read.
        Assert.IsType<Slices.SlicePod>(snapshot.Endpoints[0]);
        Assert.DoesNotContain(harness.Api.Requests, static r => r.Path.EndsWith("nodes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Template_comes_before_the_names_of_nodes()
    {
        await using SourceHarness harness = await StartAsync(
            AddressMode.External, "external-ip,external-dns", "{ordinal}-{node}.example.com");
        harness.Api.OnNodes(static x => x.AnswerAsync(200, NodeList("n0.cloud.example")));
        Assert.Equal(["192.0.2.1 0-node-0.example.com", "192.0.2.2 1-node-1.example.com"], Describe(await harness.ReadAsync()));
    }

    [Fact]
    public async Task Mark_with_a_fault_does_not_count_and_is_told_once()
    {
        RecordingLogger logger = new();
        await using SourceHarness harness = await StartAsync(AddressMode.External, $"annotation={Key},external-ip", logger: logger);
        string list = NodeList(null).Replace("198.51.100.1,", "198.51.100.1:80,", StringComparison.Ordinal);
        harness.Api.OnNodes(x => x.AnswerAsync(200, list));
        Assert.Equal(["192.0.2.1", "192.0.2.2"], Describe(await harness.ReadAsync()));
        ScriptedExchange watch = await harness.Api.NextNodesAsync(Token);
        await watch.StartAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        await watch.SendEventAsync("MODIFIED", Json.Node("node-1", "81", ("InternalIP", "10.0.0.2"), ("ExternalIP", "192.0.2.22")));
        Assert.Equal(["192.0.2.1", "192.0.2.22"], Describe(await next));
        LogEntry said = Assert.Single(logger.Entries, static entry => entry.Id == 216);
        Assert.Contains("node node-0 states is ignored: '198.51.100.1:80' is neither", said.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_logger_keeps_no_lost_address_in_use()
    {
        const string Ready = "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]";
        TestClock time = new();
        await using SourceHarness harness = await StartAsync(
            AddressMode.External, "external-ip", logger: new ThrowingLogger(), time: time);
        harness.Api.OnNodes(static x => x.AnswerAsync(200, NodeList(null)));
        Assert.Equal(["192.0.2.1", "192.0.2.2"], Describe(await harness.ReadAsync()));
        ScriptedExchange watch = await harness.Api.NextNodesAsync(Token);
        await watch.StartAsync();
        // An event of the slices was read, so their watch has its answer, and the clock may pass the minute in which that is due.
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange slices = await harness.Api.NextAsync(Token);
        await slices.StartAsync();
        await slices.SendEventAsync(
            "MODIFIED", Json.Slice(
                "s", "101", Json.Pod("service-b-0", node: "node-0", ready: false), Json.Pod("service-b-1", "10.0.0.2", node: "node-1")));
        while ((await next).Endpoints[0].Ready)
            next = harness.ReadAsync();
        next = harness.ReadAsync();
        await watch.SendEventAsync(
            "MODIFIED", Json.Node("node-1", "81", ("InternalIP", "10.0.0.2"))
                .Replace("\"status\":{", $"\"status\":{{{Ready},", StringComparison.Ordinal));
        await time.WaitForTimerAsync(static due => due == NodeFeed.KeepsLost, Token);
        // The callback of the timer logs too.
        time.Advance(NodeFeed.KeepsLost);
        while (!Describe(await next).SequenceEqual(["192.0.2.1", "NoExternalAddress"]))
            next = harness.ReadAsync();
    }

    private static async Task<SourceHarness> StartAsync(
        AddressMode mode, string from, string? template = null, ILoggerFactory? logger = null, TimeProvider? time = null)
    {
        SourceHarness harness = await SourceHarness.StartAsync(options: new KubernetesEndpointSourceOptions
        {
            AddressMode = mode,
            ExternalFrom = [.. from.Split(',').Select(ExternalAddressSource.Parse)],
            HostTemplate = template,
            LoggerFactory = logger ?? new RecordingLogger(),
            TimeProvider = time ?? TimeProvider.System,
        });
        harness.Api.OnList(200, s_slices);
        return harness;
    }

    /// <summary>Node 0 has all there is, node 1 an ExternalIP alone.</summary>
    private static string NodeList(string? dns)
    {
        const string Meta = $$"""
            "metadata":{"labels":{"a":"b","{{Key}}":"203.0.113.1"},"annotations":{"{{Key}}":"198.51.100.1, edge0.example.com"},
            """;
        string node = Json.Node(
            "node-0", "70", ("ExternalDNS", dns ?? ""), ("InternalIP", "10.0.0.1"), ("ExternalIP", "192.0.2.1"));
        return Json.NodeList(
            "80", node.Replace("\"metadata\":{", Meta, StringComparison.Ordinal),
            Json.Node("node-1", "71", ("InternalIP", "10.0.0.2"), ("ExternalIP", "192.0.2.2")));
    }

    private static string[] Describe(EndpointSnapshot snapshot) =>
        [.. snapshot.Endpoints.Select(static e => $"{string.Join(',', e.Addresses)} {e.Host}".Trim()),
            .. snapshot.LeftOut.Select(static e => e.Reason.ToString())];
}
