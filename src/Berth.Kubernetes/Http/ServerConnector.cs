using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Http;

/// <summary>
/// Opens one connection: TCP with keep-alive, and TLS with the current contents of the CA and certificate files. SocketsHttpHandler accepts
/// a finished <see cref="SslStream"/>. Its own handshake would use the certificates from its creation, and does not support
/// tls-server-name.
/// </summary>
internal sealed class ServerConnector(ClusterAccess access, ClientCertificate? certificate, KubernetesApiOptions options)
{
    private const int KeepAliveProbes = 3;
    private const int LinuxTcpLevel = 6;
    private const int LinuxTcpUserTimeout = 18;

    private readonly ServerTrust _trust = access.Trust;
    private readonly bool _secure = access.Server.Scheme == Uri.UriSchemeHttps;

    // After the server has chosen HTTP/1.1, the handler uses only that, so a later connection must not negotiate anything else.
    private volatile bool _onlyHttp11;

    internal async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            WatchForSilence(socket);
            if (access.Proxy is { } proxy)
                await ProxyTunnel.OpenAsync(socket, proxy, context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            else
                await socket.ConnectAsync(Dialled(context.DnsEndPoint), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        ReadAheadStream stream = new(new NetworkStream(socket, ownsSocket: true));
        return _secure ? await SecureAsync(stream, context.DnsEndPoint.Host, cancellationToken).ConfigureAwait(false) : stream;
    }

    // The unspecified address means this machine, as for kubectl; .NET's sockets refuse it. The certificate is compared with the address as
    // written.
    private static EndPoint Dialled(DnsEndPoint written)
    {
        if (!IPAddress.TryParse(written.Host, out IPAddress? address))
            return written;
        return address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, written.Port)
            : address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, written.Port)
            : written;
    }

    // HTTP/1.1 has no ping. Without keep-alive, a peer that disappears without a FIN is noticed after two hours, or never.
    private void WatchForSilence(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Seconds(options.PingDelay));
        int interval = Math.Max(1, Seconds(options.PingTimeout) / KeepAliveProbes);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, interval);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        if (OperatingSystem.IsLinux())
        {
            // Keep-alive pauses while sent bytes are unacknowledged, and retransmission alone takes a quarter of an hour.
            int milliseconds = (int)(options.PingDelay + options.PingTimeout).TotalMilliseconds;
            socket.SetRawSocketOption(LinuxTcpLevel, LinuxTcpUserTimeout, BitConverter.GetBytes(milliseconds));
        }
    }

    private async Task<SslStream> SecureAsync(Stream stream, string host, CancellationToken cancellationToken)
    {
        string name = _trust.ServerName ?? host;
        CertificateCheck check = new(_trust, name);
        SslStream secured = new(stream, leaveInnerStreamOpen: false);
        try
        {
            await secured.AuthenticateAsClientAsync(Options(name, check), cancellationToken).ConfigureAwait(false);
            _onlyHttp11 |= secured.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2;
            return secured;
        }
        catch (Exception exception)
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            if (exception is AuthenticationException or IOException)
            {
                string reason = check.Fault ?? $"the TLS handshake failed: {Innermost(exception)}. "
                    + "The server may be starting; else check that it speaks https on this port";
                throw new HandshakeException(reason, exception);
            }

            throw;
        }
    }

    private SslClientAuthenticationOptions Options(string name, CertificateCheck check) => new()
    {
        TargetHost = name,
        ApplicationProtocols = _onlyHttp11
            ? [SslApplicationProtocol.Http11]
            : [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        CertificateChainPolicy = _trust.CreatePolicy(),
        ClientCertificateContext = certificate?.GetContext(),
        // A resumed session would keep the certificates of the earlier one.
        AllowTlsResume = false,
        AllowRenegotiation = false,
#pragma warning disable MA0039 // It returns what the platform decided, except where the kubeconfig says insecure-skip-tls-verify.
        RemoteCertificateValidationCallback = (_, shown, chain, errors) => check.Validate(shown, chain, errors),
#pragma warning restore MA0039
    };

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message.TrimEnd('.');
    }

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)time.TotalSeconds);
}
