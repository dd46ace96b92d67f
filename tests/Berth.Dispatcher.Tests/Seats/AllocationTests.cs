using System.Net;
using System.Text;
using System.Text.Json;
using Berth.Dispatcher.Seats;
using Berth.Seats;

namespace Berth.Dispatcher.Tests.Seats;

/// <summary>Agones' front door: what a matchmaker sends to its allocator, answered from seats.</summary>
public sealed class AllocationTests
{
    private const string Path = "/gameserverallocation";

    [Fact]
    public async Task Matchmaker_gets_a_pod_and_a_ticket_in_the_shape_of_Agones()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 4);
        // As the documentation of Agones shows it, over its REST gateway.
        (HttpStatusCode status, JsonElement answer) = await AllocateAsync(cluster, """
            {"namespace":"k8s-example2","multiClusterSetting":{"enabled":false},"scheduling":"Packed","priorities":[{"type":"Counter"}],
             "gameServerSelectors":[{"gameServerState":"ALLOCATED","matchLabels":{"agones.dev/fleet":"service-b"},
              "counters":{"players":{"minAvailable":"1"}}}],
             "counters":{"players":{"action":"Increment","amount":"3"}},"lists":{},
             "metadata":{"labels":{},"annotations":{"berth.dev/key":"room-7"}}}
            """);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("service-b-0", answer.GetProperty("gameServerName").GetString());
        Assert.Equal("127.0.0.1", answer.GetProperty("address").GetString());
        Assert.Equal(3000, answer.GetProperty("ports")[0].GetProperty("port").GetInt32());
        JsonElement annotations = answer.GetProperty("metadata").GetProperty("annotations");
        using SeatSession session = cluster.Desks[0]!.Redeem(annotations.GetProperty("berth.dev/ticket").GetString());
        Assert.Equal((3, "room-7"), (session.Seats, session.Key));
        Assert.EndsWith(session.Id, annotations.GetProperty("berth.dev/reservation").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Selectors_are_tried_in_order_and_the_only_target_needs_none()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 2);
        const string Two = """
            {"namespace":"k8s-example2","preferredGameServerSelectors":[{"matchLabels":{"agones.dev/fleet":"other"}}],
             "requiredGameServerSelector":{"matchLabels":{"agones.dev/fleet":"service-b"}}}
            """;
        Assert.Equal(HttpStatusCode.OK, (await AllocateAsync(cluster, Two)).Status);
        Assert.Equal(HttpStatusCode.OK, (await AllocateAsync(cluster, """{"namespace":"k8s-example2"}""")).Status);
        (HttpStatusCode status, JsonElement error) = await AllocateAsync(cluster, """{"namespace":"k8s-example2"}""");
        Assert.Equal((HttpStatusCode.TooManyRequests, 8), (status, error.GetProperty("code").GetInt32()));
        Assert.Equal(2, cluster.Desks[0]!.State.Reserved);
    }

    [Theory]
    [InlineData("""{}""", 404, 5, "namespace default")]
    [InlineData("""{"namespace":"k8s-example2","gameServerSelectors":[{"matchLabels":{"agones.dev/fleet":"x"}}]}""", 404, 5, "x")]
    [InlineData("""{"gameServerSelectors":[{"matchLabels":{"agones.dev/fleet":"A_b"}}]}""", 400, 3, "A_b")]
    [InlineData("""{"gameServerSelectors":[{"matchLabels":{"color":"red"}}]}""", 400, 3, "'color'")]
    [InlineData("""{"gameServerSelectors":[{"matchExpressions":[{"key":"a"}]}]}""", 400, 3, "'matchExpressions'")]
    [InlineData("""{"gameServerSelectors":[{"players":{"minAvailable":1}}]}""", 400, 3, "'players'")]
    [InlineData("""{"gameServerSelectors":[{"counters":{"a":{"minCount":"2"}}}]}""", 400, 3, "'minCount'")]
    [InlineData("""{"multiClusterSetting":{"enabled":true}}""", 400, 3, "'multiClusterSetting'")]
    [InlineData("""{"metadata":{"labels":{"mode":"deathmatch"}}}""", 400, 3, "'mode'")]
    [InlineData("""{"metaPatch":{"annotations":{"map":"garden"}}}""", 400, 3, "'map'")]
    [InlineData("""{"counters":{"a":{"action":"Decrement","amount":"1"}}}""", 400, 3, "'a'")]
    [InlineData("""{"counters":{"a":{"action":"Increment","amount":"-1"}}}""", 400, 3, "'amount'")]
    [InlineData("""{"lists":{"players":{"addValues":["x"]}}}""", 400, 3, "'lists'")]
    [InlineData("""{"colour":"red"}""", 400, 3, "'colour'")]
    [InlineData("""{"namespace":7}""", 400, 3, "no request")]
    [InlineData("[]", 400, 3, "no request")]
    [InlineData("", 400, 3, "no request")]
    public async Task Request_that_means_nothing_here_is_refused_by_name(string body, int status, int code, string words)
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 2);
        (HttpStatusCode found, JsonElement error) = await AllocateAsync(cluster, body);
        Assert.Equal((status, code), ((int)found, error.GetProperty("code").GetInt32()));
        Assert.Contains(words, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, cluster.Desks[0]!.State.Reserved);
    }

    [Fact]
    public void Most_of_all_numbers_is_the_number_of_seats()
    {
        AllocationRequest request = AllocationRequest.Parse(Encoding.UTF8.GetBytes("""
            {"gameServerSelectors":[{"counters":{"a":{"minAvailable":"5"}}},{}],
             "counters":{"a":{"action":"Increment","amount":2},"b":{"action":"Increment","capacity":"0"}}}
            """));
        Assert.Equal(("default", 5, null), (request.Namespace, request.Seats, request.Key));
        Assert.Empty(request.Fleets);
    }

    [Fact]
    public async Task Same_idempotency_key_gives_the_same_allocation()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 2);
        (_, JsonElement first) = await AllocateAsync(cluster, """{"namespace":"k8s-example2"}""", "one");
        (_, JsonElement again) = await AllocateAsync(cluster, """{"namespace":"k8s-example2"}""", "one");
        Assert.Equal(Reservation(first), Reservation(again));
        (HttpStatusCode status, _) = await AllocateAsync(
            cluster, """{"namespace":"k8s-example2","metadata":{"annotations":{"berth.dev/key":"b"}}}""", "one");
        Assert.Equal(HttpStatusCode.Conflict, status);
    }

    private static string? Reservation(JsonElement answer) =>
        answer.GetProperty("metadata").GetProperty("annotations").GetProperty("berth.dev/reservation").GetString();

    private static async Task<(HttpStatusCode Status, JsonElement Body)> AllocateAsync(
        SeatCluster cluster, string body, string? key = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        (int status, JsonElement answer) = await cluster.SendAsync(request);
        return ((HttpStatusCode)status, answer);
    }
}
