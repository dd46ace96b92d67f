using Berth.Dispatcher.Tests.Edge;
using Berth.Dispatcher.Tests.Page;
using Berth.Dispatcher.Tests.Seats;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.TypeScript;

/// <summary>The packed client of JavaScript against running dispatchers, in Node, and in Chromium from a page of another origin.</summary>
public sealed class ClientTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Target = "'k8s-example2/service-b'";

    // Each set as a text; the end of the loop as another.
    private const string Watch = $$"""
        globalThis.sets = []; globalThis.stop = new AbortController();
        globalThis.ended = (async () => {
            for await (const set of berth.watch({{Target}}, { signal: stop.signal }))
                sets.push(set.endpoints.map(e => `${e.ordinal}:${e.uid}:${e.state}`).join(' ') + (set.isStale ? ' stale' : ''));
        })().then(() => 'left', e => e.name); 0
        """;

    public static TheoryData<string> Hosts => ["node", "chromium"];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Endpoint_is_asked_for_in_every_way(string name)
    {
        await using IScriptHost host = await OpenAsync(name);
        await using EdgeServer edge = await StartAsync(host);
        await PublishAsync(edge, TestPods.Endpoint(0), TestPods.Endpoint(1, ready: false));

        string asked = await host.EvaluateAsync<string>($$"""
            Promise.all([{}, { zone: 'west' }, { target: {{Target}} }, { target: {{Target}}, key: 'room 7' },
                { target: {{Target}}, ordinal: 0 }, { target: {{Target}}, pod: 'service-b-0' }].map(q => berth.getEndpoint(q)))
                .then(all => all.map(e => `${e.authority} ${e.zoneFallback} ${e.isStale} ${e.ageSeconds >= 0}`).join('\n'))
            """);
        Assert.Equal(
            Enumerable.Range(0, 6).Select(static i => $"10.77.0.1:3000 {(i == 1 ? "true" : "false")} false true"), asked.Split('\n'));
        Assert.Equal("urn:berth:problem:pod-not-ready 503 10.77.0.1:3001", await host.EvaluateAsync<string>(
            $"berth.getEndpoint({{ target: {Target}, ordinal: 1 }}).catch(e => `${{e.type}} ${{e.status}} ${{e.endpoint.authority}}`)"));
        Assert.Equal("true urn:berth:problem:unknown-pod 404 Unknown pod", await host.EvaluateAsync<string>(
            $"berth.getEndpoint({{ target: {Target}, ordinal: 9 }})"
            + ".catch(e => `${e instanceof client.BerthError} ${e.type} ${e.status} ${e.title}`)"));
        Assert.Equal("0,1 0 false true", await host.EvaluateAsync<string>(
            $"berth.getEndpoints({Target}).then(s => `${{s.endpoints.map(e => e.ordinal)}} ${{s.available.map(e => e.ordinal)}}"
            + " ${s.isStale} ${s.ageSeconds >= 0}`)"));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Watch_gives_each_set_until_it_is_aborted(string name)
    {
        await using IScriptHost host = await OpenAsync(name);
        await using EdgeServer edge = await StartAsync(host);
        await PublishAsync(edge, TestPods.Endpoint(0, uid: "a"));
        await host.EvaluateAsync<int>(Watch);
        await host.WaitForAsync("sets.at(-1) === '0:a:ready'");

        await PublishAsync(edge, TestPods.Endpoint(0, uid: "a"), TestPods.Endpoint(2, uid: "c"));
        await host.WaitForAsync("sets.at(-1) === '0:a:ready 2:c:ready'");
        await PublishAsync(edge, TestPods.Endpoint(0, uid: "replaced", ready: false), TestPods.Endpoint(2, uid: "c"));
        await host.WaitForAsync("sets.at(-1) === '0:replaced:not-ready 2:c:ready'");
        await PublishAsync(edge, TestPods.Endpoint(1, uid: "b"));
        await host.WaitForAsync("sets.at(-1) === '1:b:ready'");
        edge.Source.Fail(DispatcherFixture.B, DispatcherFixture.Ports, "The cluster is away.");
        await host.WaitForAsync("sets.at(-1) === '1:b:ready stale'");
        Assert.Equal("AbortError", await host.EvaluateAsync<string>("stop.abort(), ended"));
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Watch_keeps_the_set_while_the_dispatcher_is_away(string name)
    {
        await using IScriptHost host = await OpenAsync(name);
        await using EdgeServer edge = await StartAsync(host);
        await using TcpRelay relay = new(edge.PortOf);
        await PublishAsync(edge, TestPods.Endpoint(0, uid: "a"));
        await ConnectAsync(host, $"http://127.0.0.1:{relay.Port}");
        await host.EvaluateAsync<int>(Watch);
        await host.WaitForAsync("sets.at(-1) === '0:a:ready'");

        relay.TurnsAway = true;
        relay.Cut(reset: true);
        await host.WaitForAsync("sets.at(-1) === '0:a:ready stale'");
        Assert.Equal("urn:berth:client:unreachable 0", await host.EvaluateAsync<string>(
            "berth.getEndpoint().catch(e => `${e.type} ${e.status}`)"));
        await PublishAsync(edge, TestPods.Endpoint(0, uid: "a"), TestPods.Endpoint(1, uid: "b"));
        relay.TurnsAway = false;
        await host.WaitForAsync("sets.at(-1) === '0:a:ready 1:b:ready'");
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Token_goes_with_requests_and_watches(string name)
    {
        await using IScriptHost host = await OpenAsync(name);
        using TlsFiles files = new();
        await using EdgeServer edge = await StartAsync(host, files.Write("tokens.txt", "ops ops-token-0123456789"));
        await PublishAsync(edge, TestPods.Endpoint(0, uid: "a"));

        Assert.Equal("urn:berth:problem:unauthorized 401", await host.EvaluateAsync<string>(
            "berth.getEndpoint().catch(e => `${e.type} ${e.status}`)"));
        await host.EvaluateAsync<int>(Watch);
        Assert.Equal("BerthError", await host.EvaluateAsync<string>("ended"));

        await ConnectAsync(host, edge.Server.Addresses[0], "{ token: async () => 'ops-token-0123456789' }");
        Assert.Equal("10.77.0.1:3000", await host.EvaluateAsync<string>("berth.getEndpoint().then(e => e.authority)"));
        await host.EvaluateAsync<int>(Watch);
        await host.WaitForAsync("sets.at(-1) === '0:a:ready'");
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Seats_are_reserved_renewed_counted_and_released(string name)
    {
        await using IScriptHost host = await OpenAsync(name);
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 3, origins: host.Origin is { } origin ? [origin] : null);
        await ConnectAsync(host, cluster.Server.Addresses[0]);

        string reserved = await host.EvaluateAsync<string>($$"""
            (async () => {
                const request = { target: {{Target}}, seats: 2, key: 'room-7', ttl: 60, idempotencyKey: 'one' };
                globalThis.seat = await berth.reserveSeats(request);
                const again = await berth.reserveSeats(request);
                const renewed = await berth.renewSeats(seat, { ttl: 120 });
                return [seat.pod, seat.seats, seat.ttl, seat.state, again.reservation === seat.reservation, renewed.ttl,
                    renewed.ticket !== seat.ticket, seat.ticket.split('.').length].join(' ');
            })()
            """);
        Assert.Equal("service-b-0 2 60 reserved true 120 true 3", reserved);
        Assert.Equal("urn:berth:problem:full 503 true", await host.EvaluateAsync<string>(
            $"berth.reserveSeats({{ target: {Target}, seats: 2 }}).catch(e => `${{e.type}} ${{e.status}} ${{e.retryAfter >= 1}}`)"));
        await host.WaitForAsync($"berth.getSeats({Target}).then(s => s.reserved === 2 && s.pods[0].free === 1)");
        await host.EvaluateAsync<object>("berth.releaseSeats(seat)");
        Assert.Equal("urn:berth:problem:released", await host.EvaluateAsync<string>("berth.renewSeats(seat).catch(e => e.type)"));
        // The dispatcher hears of the free seats from the desk's stream, later than the client.
        await host.WaitForAsync($"berth.getSeats({Target}).then(s => s.free === 3)");
        Assert.Equal("service-b-0", await host.EvaluateAsync<string>(
            $"berth.reserveSeats({{ target: {Target}, seats: 3 }}).then(s => s.pod)"));
    }

    private async Task<IScriptHost> OpenAsync(string name) =>
        name == "node" ? await NodeHost.StartAsync() : await PageHost.OpenAsync(chromium);

    private static async Task<EdgeServer> StartAsync(IScriptHost host, string? tokens = null)
    {
        EdgeServer edge = await EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = EdgeServer.Targets,
            Urls = ["http://127.0.0.1:0"],
            CorsOrigins = host.Origin is { } origin ? [origin] : [],
            TokenFile = tokens,
        });
        await ConnectAsync(host, edge.Server.Addresses[0]);
        return edge;
    }

    private static Task ConnectAsync(IScriptHost host, string url, string options = "{}") =>
        host.EvaluateAsync<int>($"globalThis.berth = new client.BerthClient('{url}', {options}); 0");

    private static Task PublishAsync(EdgeServer edge, params PodEndpoint[] pods) =>
        edge.Source.PublishAsync(edge.View, pods, cancellationToken: DispatcherFixture.Cancelled);
}
