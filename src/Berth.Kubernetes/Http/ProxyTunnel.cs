using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Kubernetes.Access.Credentials;

namespace Berth.Kubernetes.Http;

/// <summary>
/// Opens a tunnel through an HTTP proxy (RFC 9110, 9.3.6). The proxy cannot read what we then exchange with the API server.
/// </summary>
internal static class ProxyTunnel
{
    // An answer to CONNECT has a few lines.
    private const int MaxAnswer = 16 * 1024;

    /// <exception cref="HandshakeException">The proxy cannot be reached, or refuses the tunnel.</exception>
    internal static async Task OpenAsync(Socket socket, HttpProxy proxy, DnsEndPoint server, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(proxy.Address.IdnHost, proxy.Address.Port), cancellationToken).ConfigureAwait(false);
            await socket.SendAsync(Encoding.ASCII.GetBytes(Request(proxy, server)), cancellationToken).ConfigureAwait(false);
            string answer = await ReadAsync(socket, cancellationToken).ConfigureAwait(false);
            string line = answer.Split('\r', '\n')[0];
            if (line.Split(' ') is not [var version, "200", ..] || !version.StartsWith("HTTP/1.", StringComparison.Ordinal))
                throw new HandshakeException($"the proxy {proxy} ({proxy.Origin}) refuses the tunnel: it answers \"{Printable(line)}\". "
                    + "Ask its operator, or, to connect without it, add the server to NO_PROXY", null);
        }
        catch (SocketException exception)
        {
            throw new HandshakeException($"the proxy {proxy} ({proxy.Origin}) cannot be reached: {exception.Message.TrimEnd('.')}. "
                + "Check its address, or, to connect without it, add the server to NO_PROXY", exception);
        }
    }

    private static string Request(HttpProxy proxy, DnsEndPoint server)
    {
        string host = server.Host.Contains(':', StringComparison.Ordinal) ? $"[{server.Host}]" : server.Host;
        string target = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host}:{server.Port}");
        string authorization = proxy.Authorization is { } value ? $"Proxy-Authorization: {value}\r\n" : "";
        return $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n";
    }

    private static async Task<string> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        // Read one byte at a time, because the bytes after the answer already come from the server.
        byte[] answer = new byte[MaxAnswer];
        int length = 0;
        while (length < answer.Length
            && await socket.ReceiveAsync(answer.AsMemory(length, 1), cancellationToken).ConfigureAwait(false) == 1)
        {
            length++;
            if (answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8) || answer.AsSpan(0, length).EndsWith("\n\n"u8))
                break;
        }

        return Encoding.ASCII.GetString(answer, 0, length);
    }

    private static string Printable(string line) => new([.. line.Take(100).Select(static c => c is < ' ' or > '~' ? '?' : c)]);
}
