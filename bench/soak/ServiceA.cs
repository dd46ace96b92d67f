using System.Text.Json.Nodes;

namespace Berth.Soak;

/// <summary>A client of A.</summary>
internal sealed class ServiceA(Uri address, Clock clock) : IDisposable
{
    public const string Namespace = "k8s-example2";
    public const string Service = "service-b";

    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>The answer of <c>GET /</c>: an address, or an empty text.</summary>
    /// <exception cref="HttpRequestException">A refused, or did not answer.</exception>
    public async Task<Named> PickAsync(CancellationToken cancellationToken)
    {
        TimeSpan asked = clock.Now;
        string authority = await _http.GetStringAsync(new Uri("/", UriKind.Relative), cancellationToken);
        return new Named(authority, null, asked, clock.Now);
    }

    /// <summary>The whole set.</summary>
    public async Task<Page> ReadAsync(CancellationToken cancellationToken)
    {
        TimeSpan asked = clock.Now;
        string text = await _http.GetStringAsync(new Uri($"/v1/endpoints/{Namespace}/{Service}", UriKind.Relative), cancellationToken);
        TimeSpan answered = clock.Now;
        JsonNode json = JsonNode.Parse(text)!;
        Target[] ready =
        [
            .. json["endpoints"]!.AsArray().Where(endpoint => endpoint!["state"]!.GetValue<string>() == "ready")
                .Select(
                    endpoint =>
                        new Target(
                            endpoint!["pod"]!.GetValue<string>(), endpoint["uid"]!.GetValue<string>(),
                            endpoint["authority"]!.GetValue<string>())),
        ];
        return new Page(ready, json["state"]!.GetValue<string>() == "live", json["version"]!.GetValue<long>(), asked, answered);
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>One answer of <c>GET /v1/endpoints</c>.</summary>
internal sealed record Page(IReadOnlyList<Target> Ready, bool IsLive, long Version, TimeSpan Asked, TimeSpan Answered);
