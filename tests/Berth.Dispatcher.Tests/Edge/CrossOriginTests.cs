using System.Net;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Pages of other origins.</summary>
public sealed class CrossOriginTests
{
    private const string Play = "https://play.example.com";

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/endpoints/k8s-example2/service-b")]
    [InlineData("/v1/watch/k8s-example2/service-b")]
    [InlineData("/nothing")]
    public async Task Page_of_a_named_origin_may_read_every_answer(string path)
    {
        await using EdgeServer edge = await StartAsync(Play, "http://localhost:3000");
        using HttpClient client = edge.Client();

        using HttpResponseMessage response = await SendAsync(client, HttpMethod.Get, path, Play);

        Assert.Equal(Play, HeaderOf(response, "Access-Control-Allow-Origin"));
        Assert.StartsWith("Origin", HeaderOf(response, "Vary"), StringComparison.Ordinal);
        Assert.Contains("ETag", HeaderOf(response, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
        using HttpResponseMessage other = await SendAsync(client, HttpMethod.Get, path, "https://other.example.com");
        Assert.Null(HeaderOf(other, "Access-Control-Allow-Origin"));
        Assert.StartsWith("Origin", HeaderOf(other, "Vary"), StringComparison.Ordinal);
        using HttpResponseMessage none = await SendAsync(client, HttpMethod.Get, path, null);
        Assert.Null(HeaderOf(none, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Preflight_names_methods_and_headers_and_needs_no_token()
    {
        using TlsFiles files = new();
        await using EdgeServer edge = await EdgeServer.StartAsync(new DispatcherOptions
        {
            Targets = EdgeServer.Targets,
            Urls = ["http://127.0.0.1:0"],
            CorsOrigins = [Play],
            TokenFile = files.Write("tokens.txt", "ops ops-token-0123456789"),
        });
        using HttpClient client = edge.Client();

        using HttpResponseMessage response = await PreflightAsync(client, Play);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(Play, HeaderOf(response, "Access-Control-Allow-Origin"));
        Assert.Equal("GET, HEAD, POST, DELETE", HeaderOf(response, "Access-Control-Allow-Methods"));
        Assert.Contains("Authorization", HeaderOf(response, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Contains("Last-Event-ID", HeaderOf(response, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Equal("7200", HeaderOf(response, "Access-Control-Max-Age"));
        using HttpResponseMessage other = await PreflightAsync(client, "https://other.example.com");
        Assert.Equal(HttpStatusCode.NoContent, other.StatusCode);
        Assert.Null(HeaderOf(other, "Access-Control-Allow-Origin"));
        // A page has to be able to read why it was refused.
        using HttpResponseMessage refused = await SendAsync(client, HttpMethod.Get, "/", Play);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(Play, HeaderOf(refused, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Star_lets_pages_of_every_origin_read()
    {
        await using EdgeServer edge = await StartAsync("*");
        using HttpClient client = edge.Client();
        using HttpResponseMessage response = await SendAsync(client, HttpMethod.Get, "/", "https://any.example.com");
        Assert.Equal("*", HeaderOf(response, "Access-Control-Allow-Origin"));
        Assert.Null(HeaderOf(response, "Vary"));
    }

    [Fact]
    public async Task OPTIONS_without_a_preflight_stays_405()
    {
        await using EdgeServer edge = await StartAsync(Play);
        using HttpClient client = edge.Client();
        using HttpResponseMessage response = await SendAsync(client, HttpMethod.Options, "/", Play);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    private static Task<EdgeServer> StartAsync(params string[] origins) => EdgeServer.StartAsync(
        new DispatcherOptions { Targets = EdgeServer.Targets, Urls = ["http://127.0.0.1:0"], CorsOrigins = origins });

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(", ", values) : null;

    private static async Task<HttpResponseMessage> PreflightAsync(HttpClient client, string origin)
    {
        using HttpRequestMessage request = new(HttpMethod.Options, "/v1/watch/k8s-example2/service-b");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,last-event-id");
        return await client.SendAsync(request, DispatcherFixture.Cancelled);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string? origin)
    {
        using HttpRequestMessage request = new(method, path);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, DispatcherFixture.Cancelled);
    }
}
