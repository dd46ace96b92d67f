using System.Text.Json.Nodes;

namespace Berth.Kubernetes.Protobuf;

/// <summary>Lists are asked for in protobuf, and taken in whatever the server answers.</summary>
public sealed class NegotiationTests
{
    private const string ContentType = "application/vnd.kubernetes.protobuf";

    private static readonly string s_one = Json.List("100", Json.Slice("s1", "90", Json.Pod("service-b-0")));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_in_protobuf_is_a_snapshot_and_the_watch_stays_json()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(x => AnswerAsync(x, 200, Wire.List(JsonNode.Parse(s_one)!)));
        Assert.Equal(["10.0.0.1:3000"], (await harness.ReadAsync()).Endpoints.Select(static e => e.Authority));
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Slice("s1", "101", Json.Pod("service-b-0", ready: false)));
        Assert.Equal(PodState.NotReady, Assert.Single((await next).Endpoints).State);
        Assert.Equal($"{ContentType}, application/json", harness.Api.Requests.First().Headers["Accept"]);
        Assert.Equal("application/json", watch.Headers["Accept"]);
    }

    [Fact]
    public async Task A_server_that_knows_json_only_answers_it()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(200, s_one);
        Assert.Single((await harness.ReadAsync()).Endpoints);
    }

    [Theory]
    [InlineData(406, ContentType)]
    [InlineData(200, ContentType)]
    public async Task After_a_refusal_or_a_list_that_cannot_be_read_json_is_asked_for(int status, string contentType)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(async x =>
        {
            await x.StartAsync(status, contentType);
            await x.SendAsync("k8s\0 nonsense");
            x.End();
        });
        harness.Api.OnList(200, s_one);
        await harness.FailAsync();
        Assert.Single((await harness.ReadAsync()).Endpoints);
        Assert.Equal(
            [$"{ContentType}, application/json", "application/json"], harness.Api.Requests.Take(2).Select(static r => r.Headers["Accept"]));
    }

    [Fact]
    public async Task An_expired_page_in_protobuf_leads_to_one_whole_list()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        JsonNode page = JsonNode.Parse(s_one)!;
        page["metadata"]!["continue"] = "next";
        harness.Api.OnList(x => AnswerAsync(x, 200, Wire.List(page)));
        harness.Api.OnList(x => AnswerAsync(x, 410, Wire.Status(410, "Expired", "too old")));
        harness.Api.OnList(x => AnswerAsync(x, 200, Wire.List(JsonNode.Parse(s_one)!)));
        Assert.Single((await harness.ReadAsync()).Endpoints);
        Assert.Equal([null, "next", null], harness.Api.Requests.Take(3).Select(static r => r.Query("continue")));
        Assert.Equal(["500", "500", null], harness.Api.Requests.Take(3).Select(static r => r.Query("limit")));
    }

    [Fact]
    public async Task Refusal_in_protobuf_has_its_message()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(x => AnswerAsync(x, 403, Wire.Status(403, "Forbidden", "endpointslices is forbidden")));
        EndpointSourceException failure = await harness.FailAsync();
        Assert.Contains("endpointslices is forbidden", failure.Message, StringComparison.Ordinal);
        Assert.Contains("verbs: [\"list\"]", failure.Message, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(ScriptedExchange exchange, int status, byte[] body)
    {
        await exchange.StartAsync(status, ContentType);
        await exchange.SendAsync(body);
        exchange.End();
    }
}
