using System.Net;
using System.Text.Json;
using Berth.Dispatcher.Tests.Edge;

namespace Berth.Dispatcher.Tests.Ping;

/// <summary><c>GET /v1/ping</c>. The target of the responders is the second one.</summary>
public sealed class PingAnswerTests
{
    [Fact]
    public async Task One_responder_of_each_zone_is_named()
    {
        await using EdgeServer edge = await StartAsync();
        await PublishAsync(edge, Pod(0, "west"), Pod(1, "east"), Pod(2, "west"), Pod(3, null), Pod(4, "north", ready: false));
        using HttpClient client = edge.Client();
        HashSet<string> west = [];
        while (west.Count < 2)
        {
            JsonElement answer = await GetAsync(client);
            Assert.Equal("k8s-example2/service-c", answer.GetProperty("target").GetString());
            Assert.Equal("live", answer.GetProperty("state").GetString());
            JsonElement[] responders = [.. answer.GetProperty("responders").EnumerateArray()];
            Assert.Equal(["east", "west", null], responders.Select(static r => r.GetProperty("zone").GetString()));
            Assert.Equal("10.88.0.1:3001", responders[0].GetProperty("authority").GetString());
            west.Add(responders[1].GetProperty("pod").GetString()!);
        }

        Assert.Equal(["ping-0", "ping-2"], west.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Problems_say_why_there_is_no_responder()
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();
        Assert.Equal((503, "not-listed"), await ProblemAsync(client));
        await PublishAsync(edge, Pod(0, "west", ready: false));
        Assert.Equal((503, "nothing-ready"), await ProblemAsync(client));
    }

    [Fact]
    public async Task Without_the_option_there_is_no_route()
    {
        await using EdgeServer edge = await EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = EdgeServer.Targets, Urls = ["http://127.0.0.1:0"],
        });
        using HttpClient client = edge.Client();
        Assert.Equal((404, "unknown-route"), await ProblemAsync(client));
    }

    [Fact]
    public void Target_that_is_not_followed_or_first_is_a_fault()
    {
        DispatcherOptions unknown = new() { Targets = EdgeServer.Targets, PingTarget = new ServiceTarget("games", "ping") };
        Assert.Equal(["The pods of games/ping answer pings, and it is no target. Add it to the targets."], unknown.FindFaults());
        DispatcherOptions first = new() { Targets = EdgeServer.Targets, PingTarget = DispatcherFixture.B };
        Assert.StartsWith(
            "The first target, k8s-example2/service-b, answers pings", Assert.Single(first.FindFaults()), StringComparison.Ordinal);
    }

    private static Task<EdgeServer> StartAsync() => EdgeServer.StartAsync(new DispatcherOptions
    {
        Targets = EdgeServer.Targets, Urls = ["http://127.0.0.1:0"], PingTarget = DispatcherFixture.Other,
    });

    private static Task PublishAsync(EdgeServer edge, params PodEndpoint[] pods) =>
        edge.Source.PublishAsync(edge.OtherView, pods, cancellationToken: DispatcherFixture.Cancelled);

    private static PodEndpoint Pod(int ordinal, string? zone, bool ready = true) => PodEndpoint.Create(
        $"ping-{ordinal}", "k8s-example2", [IPAddress.Parse($"10.88.0.{ordinal}")], [new EndpointPort("", 3000 + ordinal)], ordinal,
        $"uid-{ordinal}", $"node-{ordinal}", zone, ready: ready);

    private static async Task<JsonElement> GetAsync(HttpClient client)
    {
        using JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync("/v1/ping", DispatcherFixture.Cancelled));
        return answer.RootElement.Clone();
    }

    private static async Task<(int Status, string Type)> ProblemAsync(HttpClient client)
    {
        using HttpResponseMessage response = await client.GetAsync("/v1/ping", DispatcherFixture.Cancelled);
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        return ((int)response.StatusCode, problem.RootElement.GetProperty("type").GetString()!.Split(':')[^1]);
    }
}
