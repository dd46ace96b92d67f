using System.Net;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Answers in other forms: JSON for the address, zones, targets, redirects, entity tags.</summary>
public sealed class AnswerTests
{
    private const string Own = "/v1/endpoints/k8s-example2/service-b";

    [Fact]
    public async Task Address_is_JSON_for_a_client_that_accepts_it()
    {
        await using EdgeServer edge = await StartAsync();
        using HttpClient client = edge.Client();

        using HttpResponseMessage response = await GetAsync(client, "/", "Accept", "text/html, application/json");

        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        JsonElement body = await ParseAsync(response);
        Assert.Equal("10.88.0.10:3000", body.GetProperty("endpoint").GetProperty("authority").GetString());
        Assert.Equal("k8s-example2/service-b", body.GetProperty("target").GetString());
        foreach (string other in new[] { "*/*", "text/plain" })
        {
            using HttpResponseMessage plain = await GetAsync(client, "/", "Accept", other);
            Assert.Equal("10.88.0.10:3000", await plain.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        }
    }

    [Fact]
    public async Task Address_in_JSON_is_a_problem_when_nothing_is_ready()
    {
        await using EdgeServer edge = await StartAsync(DispatcherFixture.Pod(0, ready: false));
        using HttpClient client = edge.Client();
        using HttpResponseMessage response = await GetAsync(client, "/", "Accept", "application/json");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("urn:berth:problem:nothing-ready", (await ParseAsync(response)).GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("east", "east", false, "10.0.0.2:3001")]
    [InlineData("west", "west", false, "10.0.0.1:3000")]
    public async Task Pod_of_the_zone_is_picked(string zone, string header, bool isFallback, string authority)
    {
        await using EdgeServer edge = await StartAsync(Pod(0, "10.0.0.1", "west"), Pod(1, "10.0.0.2", "east"));
        using HttpClient client = edge.Client();
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage plain = await client.GetAsync("/?zone=" + zone, DispatcherFixture.Cancelled);
            Assert.Equal(authority, await plain.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
            Assert.Equal(header, plain.Headers.GetValues("Berth-Zone").Single());
        }

        foreach (string query in new[] { "?pick&zone=", "?key=room-7&zone=", "?zone=" })
        {
            using HttpResponseMessage json = await client.GetAsync(Own + query + zone, DispatcherFixture.Cancelled);
            JsonElement body = await ParseAsync(json);
            Assert.Equal(isFallback, body.GetProperty("zoneFallback").GetBoolean());
            Assert.Equal(authority, body.GetProperty("endpoint").GetProperty("authority").GetString());
        }
    }

    [Theory]
    [InlineData("north")]
    [InlineData("east")]
    public async Task Zone_without_an_available_pod_falls_back_and_says_so(string zone)
    {
        await using EdgeServer edge = await StartAsync(Pod(0, "10.0.0.1", "west"), Pod(1, "10.0.0.2", "east", ready: false));
        using HttpClient client = edge.Client();
        using HttpResponseMessage plain = await client.GetAsync("/?zone=" + zone, DispatcherFixture.Cancelled);
        Assert.Equal("10.0.0.1:3000", await plain.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        Assert.Equal("west; fallback", plain.Headers.GetValues("Berth-Zone").Single());
        using HttpResponseMessage json = await GetAsync(client, "/?zone=" + zone, "Accept", "application/json");
        Assert.True((await ParseAsync(json)).GetProperty("zoneFallback").GetBoolean());
    }

    [Fact]
    public async Task Zones_follow_the_pods()
    {
        await using EdgeServer edge = await StartAsync(Pod(0, "10.0.0.1", "west"));
        using HttpClient client = edge.Client();
        Assert.Equal("10.0.0.1:3000", await client.GetStringAsync("/?zone=east", DispatcherFixture.Cancelled));
        await edge.Source.PublishAsync(
            edge.View, [Pod(0, "10.0.0.1", "west"), Pod(1, "10.0.0.2", "east")], cancellationToken: DispatcherFixture.Cancelled);
        Assert.Equal("10.0.0.2:3001", await client.GetStringAsync("/?zone=east", DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task Targets_are_listed_with_their_states()
    {
        await using EdgeServer edge = await StartAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1, ready: false));
        using HttpClient client = edge.Client();

        using HttpResponseMessage response = await client.GetAsync("/v1/targets", DispatcherFixture.Cancelled);

        JsonElement[] targets = [.. (await ParseAsync(response)).GetProperty("targets").EnumerateArray()];
        Assert.Equal(2, targets.Length);
        Assert.Equal("k8s-example2/service-b", targets[0].GetProperty("target").GetString());
        Assert.Equal("live", targets[0].GetProperty("state").GetString());
        Assert.Equal(2, targets[0].GetProperty("endpoints").GetInt32());
        Assert.Equal(1, targets[0].GetProperty("available").GetInt32());
        Assert.Equal("not-listed", targets[1].GetProperty("state").GetString());
        string tag = response.Headers.ETag!.ToString();
        using HttpResponseMessage same = await GetAsync(client, "/v1/targets", "If-None-Match", tag);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        await edge.Source.PublishAsync(edge.View, [DispatcherFixture.Pod(0)], cancellationToken: DispatcherFixture.Cancelled);
        using HttpResponseMessage other = await GetAsync(client, "/v1/targets", "If-None-Match", tag);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("0", "http://10.88.0.10:3000/")]
    [InlineData("service-b-0", "http://10.88.0.10:3000/")]
    [InlineData("0/", "http://10.88.0.10:3000/")]
    [InlineData("0/join/room%207?x=1&y=%2F", "http://10.88.0.10:3000/join/room%207?x=1&y=%2F")]
    [InlineData("0//evil.example.com/", "http://10.88.0.10:3000//evil.example.com/")]
    [InlineData("0/@evil.example.com", "http://10.88.0.10:3000/@evil.example.com")]
    [InlineData("0/a%0d%0aSet-Cookie:b", "http://10.88.0.10:3000/a%0D%0ASet-Cookie:b")]
    public async Task Client_is_sent_to_the_pod_with_the_rest_of_the_path(string path, string location)
    {
        await using EdgeServer edge = await StartAsync(DispatcherFixture.Pod(0));
        using HttpClient client = edge.Client(follow: false);

        using HttpResponseMessage response = await client.GetAsync("/v1/go/k8s-example2/service-b/" + path, DispatcherFixture.Cancelled);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Equal(location, response.Headers.GetValues("Location").Single());
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("/v1/go/k8s-example2/service-b/9", 404, "unknown-pod")]
    [InlineData("/v1/go/k8s-example2/service-b/1/x", 503, "pod-not-ready")]
    [InlineData("/v1/go/k8s-example2/service-z/0", 404, "unknown-target")]
    [InlineData("/v1/go/k8s-example2/service-b", 404, "unknown-route")]
    [InlineData("/v1/go/k8s-example2//0", 404, "unknown-route")]
    public async Task Client_that_cannot_be_sent_gets_the_reason(string path, int status, string type)
    {
        await using EdgeServer edge = await StartAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1, ready: false));
        using HttpClient client = edge.Client(follow: false);
        using HttpResponseMessage response = await client.GetAsync(path, DispatcherFixture.Cancelled);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("urn:berth:problem:" + type, (await ParseAsync(response)).GetProperty("type").GetString());
    }

    [Theory]
    [InlineData(Own)]
    [InlineData(Own + "/0")]
    [InlineData("/v1/targets")]
    public async Task Entity_tag_makes_a_304_and_HEAD_has_it_too(string path)
    {
        await using EdgeServer edge = await StartAsync(DispatcherFixture.Pod(0));
        using HttpClient client = edge.Client();
        using HttpRequestMessage request = new(HttpMethod.Head, path);
        using HttpResponseMessage head = await client.SendAsync(request, DispatcherFixture.Cancelled);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.NotEqual(0, head.Content.Headers.ContentLength);
        using HttpResponseMessage same = await GetAsync(client, path, "If-None-Match", head.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Theory]
    [InlineData("application/jsonl", 3)]
    [InlineData("application/x-ndjson", 3)]
    [InlineData("application/jsonl", 600)]
    public async Task Watch_in_JSON_Lines_has_one_object_a_line(string accept, int pods)
    {
        await using EdgeServer edge = await StartAsync([.. Enumerable.Range(0, pods).Select(static i => DispatcherFixture.Pod(i))]);
        using HttpClient client = edge.Client();
        (JsonElement first, StreamReader reader) = await OpenLinesAsync(client, accept, null);
        using (reader)
        {
            Assert.Equal("snapshot", first.GetProperty("event").GetString());
            Assert.Equal(pods, first.GetProperty("data").GetProperty("endpoints").GetArrayLength());
            // A small change, and then one that is too large to be kept.
            foreach (string address in new[] { "10.88.0.10", "10.88.0.11" })
            {
                await edge.Source.PublishAsync(
                    edge.View, [.. Enumerable.Range(0, pods + 1).Select(i => DispatcherFixture.Pod(i, address))],
                    cancellationToken: DispatcherFixture.Cancelled);
                JsonElement changes = await ReadLineAsync(reader);
                Assert.Equal("changes", changes.GetProperty("event").GetString());
                Assert.Equal(
                    address == "10.88.0.10" ? 1 : pods + 1, changes.GetProperty("data").GetProperty("changes").GetArrayLength());
            }
        }

        (JsonElement resumed, StreamReader later) = await OpenLinesAsync(client, accept, first.GetProperty("id").GetString());
        using (later)
            Assert.Equal("changes", resumed.GetProperty("event").GetString());
    }

    [Fact]
    public async Task Heartbeats_and_sources_are_lines_too()
    {
        await using EdgeServer edge = await StartAsync(DispatcherFixture.Pod(0));
        using HttpClient client = edge.Client();
        (JsonElement first, StreamReader reader) = await OpenLinesAsync(client, "application/jsonl", null, "?source");
        using (reader)
        {
            JsonElement source = await ReadLineAsync(reader);
            Assert.Equal("source", source.GetProperty("event").GetString());
            Assert.Equal(first.GetProperty("id").GetString(), source.GetProperty("data").GetProperty("state").GetString());
            await edge.Time.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(15), DispatcherFixture.Cancelled);
            edge.Time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal("heartbeat", (await ReadLineAsync(reader)).GetProperty("event").GetString());
        }
    }

    private static async Task<(JsonElement First, StreamReader Reader)> OpenLinesAsync(
        HttpClient client, string accept, string? lastId, string query = "")
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/watch/k8s-example2/service-b" + query);
        request.Headers.Add("Accept", accept);
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        HttpResponseMessage response = await client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
        Assert.Equal("application/jsonl", response.Content.Headers.ContentType?.MediaType);
        StreamReader reader = new(await response.Content.ReadAsStreamAsync(DispatcherFixture.Cancelled));
        return (await ReadLineAsync(reader), reader);
    }

    private static async Task<JsonElement> ReadLineAsync(StreamReader reader)
    {
        string? line = await reader.ReadLineAsync(DispatcherFixture.Cancelled).AsTask().WaitAsync(Wait.Limit);
        using JsonDocument document = JsonDocument.Parse(line!);
        return document.RootElement.Clone();
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string path, string header, string value)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, value);
        return await client.SendAsync(request, DispatcherFixture.Cancelled);
    }

    private static async Task<JsonElement> ParseAsync(HttpResponseMessage response)
    {
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        return document.RootElement.Clone();
    }

    private static PodEndpoint Pod(int ordinal, string address, string zone, bool ready = true) => PodEndpoint.Create(
        $"service-b-{ordinal}", DispatcherFixture.B.Namespace, [IPAddress.Parse(address)], [new EndpointPort("", 3000 + ordinal)], ordinal,
        $"uid-{ordinal}", "node-1", zone, ready);

    private static async Task<EdgeServer> StartAsync(params PodEndpoint[] pods)
    {
        EdgeServer edge = await EdgeServer.StartAsync(
            new DispatcherOptions { Targets = EdgeServer.Targets, Urls = ["http://127.0.0.1:0"], Picker = new RoundRobinPicker() });
        if (pods.Length > 0)
            await edge.Source.PublishAsync(edge.View, pods, cancellationToken: DispatcherFixture.Cancelled);
        return edge;
    }
}
