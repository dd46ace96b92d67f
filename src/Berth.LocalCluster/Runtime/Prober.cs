using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// Probes over the network with the results of a kubelet: tcpSocket, httpGet and grpc. Named ports are not resolved here; the pod's worker
/// has replaced them by numbers.
/// </summary>
internal sealed class Prober : IDisposable
{
    private const int MaxRedirects = 10;

    /// <summary>A kubelet reads at most this many bytes of a body.</summary>
    private const int MaxBodyBytes = 10 * 1024;

    /// <summary>The header User-Agent of probes, without the patch version: <c>kube-probe/1.36</c>.</summary>
    private static readonly string s_userAgent =
        "kube-probe/" + string.Join('.', KubernetesRelease.Version.TrimStart('v').Split('.').Take(2));

    // Certificates are not verified, because those of pods contain no address. Each probe uses a new connection, so that the current
    // process answers.
#pragma warning disable CA5359
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = ConnectAsync,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    {
        // The caller has the probe's timeout, which may be longer than the client's own.
        Timeout = Timeout.InfiniteTimeSpan,
    };
#pragma warning restore CA5359

    public async Task<bool> CheckAsync(JsonObject probe, string address, CancellationToken cancellationToken)
    {
        try
        {
            if (probe["httpGet"] is JsonObject get)
                return await GetAsync(get, HostOf(get) ?? address, cancellationToken).ConfigureAwait(false);
            if (probe["grpc"] is JsonObject grpc)
                return await GrpcProbe.CheckAsync(_http, grpc, address, s_userAgent, cancellationToken).ConfigureAwait(false);
            JsonNode? target = probe["tcpSocket"];
            int port = (int)(target.Number("port") ?? 0);
            using Socket socket = await ConnectAsync(HostOf(target) ?? address, port, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or HttpRequestException or IOException or ArgumentException
            or FormatException or NotSupportedException or InvalidOperationException)
        {
            // There is no answer, the answer is broken, or the request is not possible, such as a redirect to ftp://.
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private static string? HostOf(JsonNode? target) => target.Text("host") is { Length: > 0 } host ? host : null;

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        new NetworkStream(
            await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false),
            ownsSocket: true);

    /// <summary>Connects to an address. The address of all interfaces means this machine, as in Go.</summary>
    private static async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        string dialled = host;
        if (IPAddress.TryParse(host, out IPAddress? address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
            dialled = address.AddressFamily == AddressFamily.InterNetwork ? "127.0.0.1" : "::1";
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(dialled, port, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Follows redirects on the same host. A redirect to another host counts as success, as does one without a target.</summary>
    private async Task<bool> GetAsync(JsonObject get, string host, CancellationToken cancellationToken)
    {
        Uri? uri = ProbeUrl.Of(get.Text("scheme") ?? "http", host, get.Number("port") ?? 0, get.Text("path") ?? "/");
        for (int sent = 0; uri is not null && sent < MaxRedirects; sent++)
        {
            using HttpRequestMessage request = Request(get, uri);
            using HttpResponseMessage response = await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
            Uri? next = LocationOf(response) is { } location ? new Uri(uri, location) : null;
            if (next is null || !next.Host.Equals(uri.Host, StringComparison.OrdinalIgnoreCase))
            {
                await ReadAsync(response, cancellationToken).ConfigureAwait(false);
                return (int)response.StatusCode is >= 200 and < 400;
            }

            uri = next;
        }

        return false;
    }

    /// <summary>The target of a redirect as written. A broken target is a failure, and does not count as missing.</summary>
    private static string? LocationOf(HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308
        && response.Headers.NonValidated.TryGetValues("Location", out HeaderStringValues values)
        && values.ToString() is { Length: > 0 } location
            ? location
            : null;

    /// <summary>A missing body is a failure. A long body is not read to its end.</summary>
    private static async Task ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await body.ReadAtLeastAsync(new byte[MaxBodyBytes], MaxBodyBytes, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
    }

    private static HttpRequestMessage Request(JsonObject get, Uri uri)
    {
        HttpRequestMessage request = new(HttpMethod.Get, uri);
        request.Headers.ConnectionClose = true;
        foreach (JsonObject header in get.Items("httpHeaders"))
        {
            string name = header.Text("name") ?? "";
            string value = header.Text("value") ?? "";
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                // For example Content-Type, which .NET sends only with a body.
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        if (!request.Headers.Contains("User-Agent"))
            request.Headers.TryAddWithoutValidation("User-Agent", s_userAgent);
        if (!request.Headers.TryGetValues("Accept", out IEnumerable<string>? accepted))
            request.Headers.TryAddWithoutValidation("Accept", "*/*");
        else if (accepted.All(string.IsNullOrEmpty))
            request.Headers.Remove("Accept");
        return request;
    }
}
