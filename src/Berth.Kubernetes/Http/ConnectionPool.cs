using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Http;

/// <summary>
/// The connections with one client certificate. When the certificate changes, a new pool takes over. The old pool closes when it sends no
/// more requests; answers that are being read from it can be read to their end.
/// </summary>
internal sealed class ConnectionPool : IDisposable
{
    // The platform begins with 64 KB, and tells the server after every 8 KB that it may send more: more often than once for each slice, and
    // each time it wakes a thread, encrypts and calls the kernel. .NET doubles this window, up to 16 MB, while a far server sends faster
    // than one window in one round trip. Only a switch of the whole process turns that off, so a library cannot (dotnet/runtime,
    // Http2StreamWindowManager). The program `berth` has the switch (Berth.Cli.csproj), so it never buffers more than this of a stream that
    // is not read.
    private const int WindowLength = 512 * 1024;

    private readonly HttpMessageInvoker _invoker;
    private readonly Lock _lock = new();
    private int _sending;
    private bool _retired;

    internal ConnectionPool(ClusterAccess access, ClientCertificate? certificate, KubernetesApiOptions options)
    {
        Certificate = certificate;
        Thumbprint = certificate?.Thumbprint;
        _invoker = new HttpMessageInvoker(
            options.Transport?.Invoke() ?? CreateHandler(new ServerConnector(access, certificate, options), options));
    }

    internal ClientCertificate? Certificate { get; }

    /// <summary>The thumbprint of the certificate when the pool was created.</summary>
    internal string? Thumbprint { get; }

    /// <summary>Sends a request. Returns null when the pool has just been retired; the caller must then use the new pool.</summary>
    internal async Task<HttpResponseMessage?> TrySendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_retired)
                return null;
            _sending++;
        }

        try
        {
            return await _invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            bool last;
            lock (_lock)
                last = --_sending == 0 && _retired;
            if (last)
                _invoker.Dispose();
        }
    }

    public void Dispose()
    {
        bool idle;
        lock (_lock)
        {
            if (_retired)
                return;
            _retired = true;
            idle = _sending == 0;
        }

        if (idle)
            _invoker.Dispose();
    }

    private static SocketsHttpHandler CreateHandler(ServerConnector connector, KubernetesApiOptions options) => new()
    {
        ConnectCallback = connector.ConnectAsync,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = options.ConnectionLifetime,
        KeepAlivePingDelay = options.PingDelay,
        KeepAlivePingTimeout = options.PingTimeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        EnableMultipleHttp2Connections = true,
        InitialHttp2StreamWindowSize = WindowLength,
        // A redirect could send the token to another server. The connector handles a proxy: it asks it for a tunnel.
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
    };
}
