using System.Net;
using System.Text.Json;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Host names of pods, beside their addresses.</summary>
public sealed class HostAnswerTests
{
    private const string Own = "/v1/endpoints/k8s-example2/service-b";

    [Fact]
    public async Task Host_name_stands_beside_the_address_in_every_answer()
    {
        await using EdgeServer edge = await StartAsync(PodEndpoint.Create(
            "service-b-0", "k8s-example2", [IPAddress.Parse("203.0.113.1")], [new EndpointPort("", 3000)], 0, "uid-0",
            host: "service-b-0.play.example.com"));
        using HttpClient client = edge.Client(follow: false);
        using HttpResponseMessage plain = await client.GetAsync("/", DispatcherFixture.Cancelled);
        Assert.Equal("203.0.113.1:3000", await plain.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        Assert.Equal("service-b-0.play.example.com:3000", plain.Headers.GetValues("Berth-Host").Single());
        foreach (string query in new[] { "/?host", "/?key=a&host=1", "/?host&zone=none" })
            Assert.Equal("service-b-0.play.example.com:3000", await client.GetStringAsync(query, DispatcherFixture.Cancelled));

        using HttpResponseMessage json = await GetAsync(client, "/", "Accept", "application/json");
        Assert.Equal(
            "service-b-0.play.example.com", (await ParseAsync(json)).GetProperty("endpoint").GetProperty("host").GetString());
        using HttpResponseMessage all = await client.GetAsync(Own, DispatcherFixture.Cancelled);
        Assert.Equal("service-b-0.play.example.com", (await ParseAsync(all)).GetProperty("endpoints")[0].GetProperty("host").GetString());
        using HttpResponseMessage watch = await client.GetAsync(
            "/v1/watch/k8s-example2/service-b", HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
        using StreamReader reader = new(await watch.Content.ReadAsStreamAsync(DispatcherFixture.Cancelled));
        string? line;
        do
            line = await reader.ReadLineAsync(DispatcherFixture.Cancelled).AsTask().WaitAsync(Wait.Limit);
        while (line?.StartsWith("data: {\"target\"", StringComparison.Ordinal) == false);
        Assert.Contains("\"host\":\"service-b-0.play.example.com\"", line, StringComparison.Ordinal);

        using HttpResponseMessage go = await client.GetAsync("/v1/go/k8s-example2/service-b/0/join?x=1", DispatcherFixture.Cancelled);
        Assert.Equal("http://service-b-0.play.example.com:3000/join?x=1", go.Headers.GetValues("Location").Single());
        Assert.Equal("service-b-0.play.example.com:3000", await go.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
    }

    [Fact]
    public async Task Pod_without_a_host_name_answers_with_its_address_alone()
    {
        await using EdgeServer edge = await StartAsync(DispatcherFixture.Pod(0));
        using HttpClient client = edge.Client();
        using HttpResponseMessage plain = await client.GetAsync("/?host", DispatcherFixture.Cancelled);
        Assert.Equal("10.88.0.10:3000", await plain.Content.ReadAsStringAsync(DispatcherFixture.Cancelled));
        Assert.False(plain.Headers.Contains("Berth-Host"));
        Assert.DoesNotContain("\"host\"", await client.GetStringAsync(Own, DispatcherFixture.Cancelled), StringComparison.Ordinal);
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

    private static async Task<EdgeServer> StartAsync(PodEndpoint pod)
    {
        EdgeServer edge = await EdgeServer.StartAsync(
            new DispatcherOptions { Targets = EdgeServer.Targets, Urls = ["http://127.0.0.1:0"] });
        await edge.Source.PublishAsync(edge.View, [pod], cancellationToken: DispatcherFixture.Cancelled);
        return edge;
    }
}
