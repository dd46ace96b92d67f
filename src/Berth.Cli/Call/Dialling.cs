using System.Net;
using System.Net.Sockets;

namespace Berth.Cli.Call;

/// <summary>Connects as other programs do: the unspecified address means this machine. .NET's sockets refuse that address.</summary>
internal static class Dialling
{
    public static IPEndPoint ThisMachine(IPEndPoint address) =>
        address.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, address.Port)
        : address.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, address.Port)
        : address;

    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        DnsEndPoint written = context.DnsEndPoint;
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (IPAddress.TryParse(written.Host, out IPAddress? address))
                await socket.ConnectAsync(ThisMachine(new IPEndPoint(address, written.Port)), cancellationToken).ConfigureAwait(false);
            else
                await socket.ConnectAsync(written, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
