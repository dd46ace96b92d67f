using System.Globalization;
using Berth.TestKit.Dns;
using Berth.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Dns.Tests.RealServer;

/// <summary>
/// The same against Knot DNS, which shares no line with us: compression, negative answers, truncation and TCP as they are in the world.
/// </summary>
public sealed class KnotTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<int, string> SizesAndWays
    {
        get
        {
            TheoryData<int, string> data = [];
            foreach (int pods in (int[])[3, 40, 260])
            {
                foreach (string way in (string[])["port", "service", "ordinal"])
                    data.Add(pods, way);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(SizesAndWays))]
    public async Task F56_F57_all_pods_of_three_nodes_are_found_in_each_way(int pods, string way)
    {
        string[] srv = way switch { "port" => ["_game._tcp"], "service" => [""], _ => [] };
        await using KnotServer knot = await KnotServer.StartAsync(TestZone.Headless(TestZone.Pods(pods), srv), Cancellation);
        await using IEndpointStream stream = Open(knot, way == "port" ? [new DnsServicePort("game")] : []);
        EndpointSnapshot snapshot = await stream.ReadAsync(Cancellation);
        Assert.Equal(Expected(pods), snapshot.Endpoints.Select(static e => $"{e.Name}={e.Authority}"));
        Assert.Empty(snapshot.LeftOut);
    }

    [Fact]
    public async Task F56_more_addresses_than_fit_are_read_over_TCP()
    {
        await using KnotServer knot = await KnotServer.StartAsync(TestZone.Headless(TestZone.Pods(200, nodes: 200)), Cancellation);
        await using IEndpointStream stream = Open(knot, [new DnsServicePort("game")]);
        EndpointSnapshot snapshot = await stream.ReadAsync(Cancellation);
        Assert.Equal(200, snapshot.Endpoints.Select(static e => e.Address).Distinct().Count());
        Assert.Empty(snapshot.LeftOut);
    }

    [Fact]
    public async Task F54_service_without_ready_pods_is_empty_and_changes_follow_the_TTL()
    {
        TestZone zone = TestZone.Headless(TestZone.Pods(3));
        await using KnotServer knot = await KnotServer.StartAsync(TestZone.Empty, Cancellation);
        await using IEndpointStream stream = Open(knot, [new DnsServicePort("game")]);
        EndpointSnapshot empty = await stream.ReadAsync(Cancellation);
        Assert.Empty(empty.Endpoints);

        await knot.ReplaceAsync(zone, Cancellation);
        Assert.Equal(Expected(3), (await LaterAsync(stream)).Endpoints.Select(static e => $"{e.Name}={e.Authority}"));
        await knot.ReplaceAsync(TestZone.Headless(TestZone.Pods(2)), Cancellation);
        Assert.Equal(Expected(2), (await LaterAsync(stream)).Endpoints.Select(static e => $"{e.Name}={e.Authority}"));
        await knot.ReplaceAsync(TestZone.Empty, Cancellation);
        Assert.Empty((await LaterAsync(stream)).Endpoints);
    }

    [Fact]
    public async Task F55_REFUSED_for_a_name_outside_the_zones_is_not_an_empty_set()
    {
        await using KnotServer knot = await KnotServer.StartAsync(TestZone.Empty, Cancellation);
        await using IEndpointStream stream = Open(knot, [], "other.domain");
        EndpointSourceException failure = await Assert.ThrowsAsync<EndpointSourceException>(() => stream.ReadAsync(Cancellation).AsTask());
        Assert.Contains("answered REFUSED", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_families_are_read_as_a_real_server_writes_them()
    {
        TestZone zone = TestZone.Headless([("service-b-0", "10.88.0.10"), ("service-b-0", "fd00::10"), ("service-b-1", "fd00::11")]);
        await using KnotServer knot = await KnotServer.StartAsync(zone, Cancellation);
        await using IEndpointStream stream = Open(knot, [new DnsServicePort("game")]);
        EndpointSnapshot snapshot = await stream.ReadAsync(Cancellation);
        Assert.Equal(["10.88.0.10 fd00::10", "fd00::11"], snapshot.Endpoints.Select(static e => string.Join(' ', e.Addresses)));
    }

    private static IEnumerable<string> Expected(int pods) =>
        Enumerable.Range(0, pods).Select(
            static i => string.Create(CultureInfo.InvariantCulture, $"service-b-{i}=10.88.0.{10 + (i % 3)}:{3000 + i}"));

    private IEndpointStream Open(KnotServer knot, IReadOnlyList<DnsServicePort> ports, string domain = TestZone.Origin) =>
        new DnsEndpointSource(
            new DnsEndpointSourceOptions
            {
                Servers = [knot.EndPoint],
                ServicePorts = ports,
                ClusterDomain = domain,
                TimeProvider = _time,
                Random = new Random(1),
            })
            .Open(TestKit.TestPods.Target, TestKit.TestPods.Ports);

    private async Task<EndpointSnapshot> LaterAsync(IEndpointStream stream)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        return await stream.ReadAsync(Cancellation).AsTask().WaitAsync(Wait.Limit, Cancellation);
    }
}
