using System.Net;
using System.Net.Sockets;

namespace Berth.Echo.Sockets;

/// <summary>Opens the TCP and the UDP socket of one port.</summary>
internal static class EchoSockets
{
    private const int Backlog = 512;

    /// <exception cref="EchoStartException">The server cannot listen on the port.</exception>
    public static (Socket Tcp, Socket Udp) Bind(EchoOptions options)
    {
        IPEndPoint local = new(options.BindAddress ?? (Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any), options.Port);
        Socket? tcp = null;
        try
        {
            tcp = Open(local, SocketType.Stream, ProtocolType.Tcp);
            tcp.Listen(Backlog);
            Socket udp = Open(local, SocketType.Dgram, ProtocolType.Udp);
            return (tcp, udp);
        }
        catch (SocketException exception)
        {
            tcp?.Dispose();
            throw Explain(local, tcp is null ? "TCP" : "TCP or UDP", exception);
        }
    }

    /// <summary>Returns the address in its usual form: an IPv4 address that is mapped to IPv6 as IPv4.</summary>
    public static IPEndPoint Unmap(EndPoint? address)
    {
        IPEndPoint ip = (IPEndPoint)address!;
        return ip.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : ip;
    }

    private static Socket Open(IPEndPoint local, SocketType type, ProtocolType protocol)
    {
        Socket socket = new(local.AddressFamily, type, protocol);
        try
        {
            if (local.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = local.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(local);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string HolderOf(IPEndPoint local)
    {
        IReadOnlyList<PortOwner> owners = ListenerTable.OfThisMachine.Find(local.Address, local.Port);
        if (owners.Count == 0)
            owners = ListenerTable.OfThisMachine.Find(local.Address, local.Port, isTcp: false);
        return owners.Count == 0 ? "" : $": {string.Join(" and ", owners)} holds it";
    }

    private static EchoStartException Explain(
        IPEndPoint local, string protocol, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => new EchoStartException(
            $"The port {local.Port} ({protocol} on {local}) is in use by another program{HolderOf(local)}. Stop that one, or choose "
                + "another base port; two StatefulSets on one node need bases that do not overlap.",
            exception),
        SocketError.AddressNotAvailable =>
            new EchoStartException(
                $"{local.Address} is not an address of this machine. Choose one that is, or leave the address out for all.", exception),
        SocketError.AccessDenied =>
            new EchoStartException($"The port {local.Port} may not be opened by this user. Choose a base port of 1024 or more.", exception),
        _ => new EchoStartException($"Listening on {local} failed: {exception.Message}. Choose another address or base port.", exception),
    };
}
