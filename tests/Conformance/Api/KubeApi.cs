using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Berth.Conformance.Api;

/// <summary>The Kubernetes API on the wire: plain requests and JSON, without a model.</summary>
/// <param name="http">The client with the server, its CA and our identity.</param>
/// <param name="anonymous">
/// The client with the server and its CA, but without a certificate, because a server prefers a client's certificate to a token.
/// </param>
/// <param name="granted">The owner of the rights, if a missing right skips the test instead of failing it; else null.</param>
internal sealed class KubeApi(HttpClient http, HttpClient anonymous, string? granted = null) : IDisposable
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _warnings = new();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The warnings of all answers so far, as kubectl prints them.</summary>
    public IReadOnlyCollection<string> Warnings => _warnings;

    public Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<JsonNode> CreateAsync(string collection, JsonNode item) => SendAsync(HttpMethod.Post, collection, item);

    public Task<JsonNode> ReplaceAsync(string path, JsonNode item) => SendAsync(HttpMethod.Put, path, item);

    public Task<JsonNode> MergeAsync(string path, JsonNode patch) =>
        SendAsync(HttpMethod.Patch, path, patch, "application/merge-patch+json");

    public Task<JsonNode> DeleteAsync(string path, CancellationToken? cancellationToken = null) =>
        SendAsync(HttpMethod.Delete, path, cancellationToken: cancellationToken);

    /// <summary>The items of a list.</summary>
    public async Task<IReadOnlyList<JsonNode>> ItemsAsync(string path) =>
        [.. ((await GetAsync(path))["items"] as JsonArray ?? []).Select(item => item!)];

    /// <summary>A watch's events, until it ends.</summary>
    public async IAsyncEnumerable<JsonNode> WatchAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.GetAsync(
            new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new ApiRefusal(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), $"GET {path}");
        }

        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            yield return JsonNode.Parse(line)!;
        }
    }

    /// <summary>Returns the HTTP status of a GET with a bearer token.</summary>
    public async Task<HttpStatusCode> StatusForAsync(string token, string path)
    {
        using HttpRequestMessage request = new(
            HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using HttpResponseMessage response = await anonymous.SendAsync(request, Token);
        return response.StatusCode;
    }

    public void Dispose()
    {
        http.Dispose();
        anonymous.Dispose();
    }

    private async Task<JsonNode> SendAsync(
        HttpMethod method, string path, JsonNode? body = null, string contentType = "application/json",
        CancellationToken? cancellationToken = null)
    {
        CancellationToken token = cancellationToken ?? Token;
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, contentType);
        }

        using HttpResponseMessage response = await http.SendAsync(request, token);
        string answer = await response.Content.ReadAsStringAsync(token);
        foreach (WarningHeaderValue warning in response.Headers.Warning)
        {
            _warnings.Enqueue(warning.Text);
        }

        if (response.IsSuccessStatusCode)
        {
            return JsonNode.Parse(answer)!;
        }

        ApiRefusal refusal = new(response.StatusCode, answer, $"{method} {path}");
        Assert.SkipWhen(
            granted is not null && response.StatusCode == HttpStatusCode.Forbidden,
            $"{granted} may not do this: {refusal.Status["message"]}");
        throw refusal;
    }
}
