using System.Net.Sockets;
using Berth.LocalCluster.Json;

namespace Berth.LocalCluster.Runtime;

/// <summary>tcpSocket and httpGet probes. Named ports are not resolved here: the pod's worker puts numbers in.</summary>
internal sealed class Prober : IDisposable
{
    // As the kubelet: redirects are not followed to elsewhere, and a certificate is not verified, since a pod's own names no address.
#pragma warning disable CA5359
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });
#pragma warning restore CA5359

    public async Task<bool> CheckAsync(JsonObject probe, string address, CancellationToken cancellationToken)
    {
        try
        {
            if (probe["httpGet"] is JsonObject get)
                return await GetAsync(get, get.Text("host") ?? address, cancellationToken).ConfigureAwait(false);
            JsonNode? target = probe["tcpSocket"] ?? probe["grpc"];
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            int port = (int)(target.Number("port") ?? 0);
            await socket.ConnectAsync(target.Text("host") ?? address, port, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (
            exception is SocketException or HttpRequestException or ArgumentOutOfRangeException or UriFormatException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> GetAsync(JsonObject get, string host, CancellationToken cancellationToken)
    {
        string scheme = get.Text("scheme")?.ToLowerInvariant() ?? "http";
        string uri = string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{get.Number("port")}{get.Text("path") ?? "/"}");
        using HttpRequestMessage request = new(HttpMethod.Get, uri);
        foreach (JsonObject header in get.Items("httpHeaders"))
            request.Headers.TryAddWithoutValidation(header.Text("name") ?? "", header.Text("value"));
        using HttpResponseMessage response = await _http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
        return (int)response.StatusCode is >= 200 and < 400;
    }
}
