using System.Text.Json.Nodes;

namespace Berth.Kubernetes.Protobuf;

/// <summary>Lists and watches are requested in protobuf, and read in the form of the server's answer.</summary>
public sealed class NegotiationTests
{
    private const string ContentType = "application/vnd.kubernetes.protobuf";

    private static readonly string s_one = Json.List("100", Json.Slice("s1", "90", Json.Pod("service-b-0")));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_and_watch_in_protobuf_are_snapshots()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(knowsProtobuf: true);
        harness.Api.OnList(200, s_one);
        Assert.Equal(["10.0.0.1:3000"], (await harness.ReadAsync()).Endpoints.Select(static e => e.Authority));
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        byte[] bytes = watch.Event("MODIFIED", Json.Slice("s1", "101", Json.Pod("service-b-0", ready: false)));
        Assert.Equal(0, bytes[0]);
        await watch.SendAsync(bytes);
        Assert.Equal(PodState.NotReady, Assert.Single((await next).Endpoints).State);
        Assert.All(harness.Api.Requests, static r => Assert.Equal($"{ContentType}, application/json", r.Headers["Accept"]));
    }

    [Fact]
    public async Task Watch_in_json_follows_a_list_in_protobuf()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(x => AnswerAsync(x, 200, ProtobufWire.List(JsonNode.Parse(s_one)!)));
        await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Slice("s1", "101", Json.Pod("service-b-0", ready: false)));
        Assert.Equal(PodState.NotReady, Assert.Single((await next).Endpoints).State);
    }

    [Theory]
    [InlineData(406)]
    [InlineData(415)]
    public async Task Refused_watch_is_asked_for_in_json_at_once(int status)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(knowsProtobuf: true);
        harness.Api.OnList(200, s_one);
        harness.Api.OnWatch(x => x.AnswerAsync(status, "no", "text/plain"));
        await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        Assert.Equal(("100", "application/json"), (watch.Query("resourceVersion"), watch.Headers["Accept"]));
        await watch.StartAsync();
        await watch.SendEventAsync("MODIFIED", Json.Slice("s1", "101", Json.Pod("service-b-0", ready: false)));
        Assert.Equal(PodState.NotReady, Assert.Single((await next).Endpoints).State);
        Assert.Empty(harness.RestartCauses);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("\0\0\0\x02no")]
    [InlineData("\0\0\0\0")]
    public async Task After_an_event_that_cannot_be_read_the_watch_goes_on_in_json(string sent)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(knowsProtobuf: true);
        harness.Api.OnList(200, s_one);
        await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();
        await watch.SendAsync(sent);
        await Assert.ThrowsAsync<EndpointSourceException>(() => next);
        next = harness.ReadAsync();
        ScriptedExchange again = await harness.Api.NextAsync(Token);
        Assert.Equal(("100", "application/json"), (again.Query("resourceVersion"), again.Headers["Accept"]));
        await again.StartAsync();
        await again.SendEventAsync("MODIFIED", Json.Slice("s1", "101", Json.Pod("service-b-0", ready: false)));
        while ((await next).Endpoints[0].State != PodState.NotReady)
            next = harness.ReadAsync();
        Assert.Equal(["malformed"], harness.RestartCauses);
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
        harness.Api.OnList(x => AnswerAsync(x, 200, ProtobufWire.List(page)));
        harness.Api.OnList(x => AnswerAsync(x, 410, ProtobufWire.Status(410, "Expired", "too old")));
        harness.Api.OnList(x => AnswerAsync(x, 200, ProtobufWire.List(JsonNode.Parse(s_one)!)));
        Assert.Single((await harness.ReadAsync()).Endpoints);
        Assert.Equal([null, "next", null], harness.Api.Requests.Take(3).Select(static r => r.Query("continue")));
        Assert.Equal(["500", "500", null], harness.Api.Requests.Take(3).Select(static r => r.Query("limit")));
    }

    [Fact]
    public async Task Refusal_in_protobuf_has_its_message()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        harness.Api.OnList(x => AnswerAsync(x, 403, ProtobufWire.Status(403, "Forbidden", "endpointslices is forbidden")));
        EndpointSourceException failure = await harness.FailAsync();
        Assert.Contains("endpointslices is forbidden", failure.Message, StringComparison.Ordinal);
        Assert.Contains("verbs: [\"list\", \"watch\"]", failure.Message, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(ScriptedExchange exchange, int status, byte[] body)
    {
        await exchange.StartAsync(status, ContentType);
        await exchange.SendAsync(body);
        exchange.End();
    }
}
