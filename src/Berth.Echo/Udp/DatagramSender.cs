using System.Net;
using System.Net.Sockets;

namespace Berth.Echo.Udp;

/// <summary>Sends a datagram from a chosen one of this machine's addresses.</summary>
/// <remarks>
/// A socket that is bound to every address answers from whichever one the routing table prefers, and a client that waits for an answer from
/// the address it dialled drops that. .NET can read the address a datagram was sent to, and cannot set the one it is sent from; on Linux
/// <c>sendmsg</c> can (ip(7) IP_PKTINFO, RFC 3542 IPV6_PKTINFO). Elsewhere the routing table decides.
/// </remarks>
internal sealed class DatagramSender(Socket socket)
{
    private readonly bool _isWildcard = ((IPEndPoint)socket.LocalEndPoint!).Address is var bound
        && (bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any));
    private bool _canChoose = OperatingSystem.IsLinux();

    /// <summary>Sends the datagram, or drops it. UDP may lose datagrams, and one client must not delay the answers to others.</summary>
    public void Send(ReadOnlySpan<byte> data, IPAddress source, int networkInterface, IPEndPoint destination)
    {
        if (_isWildcard && _canChoose)
        {
            try
            {
                LinuxSendMessage.Send(socket.SafeHandle, data, source, networkInterface, destination);
                return;
            }
            catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
            {
                // A C library under another name.
                _canChoose = false;
            }
        }

        try
        {
            socket.SendTo(data, SocketFlags.None, destination);
        }
        catch (SocketException)
        {
            // Lost: the client's host is out of reach, or the answer is larger than a datagram.
        }
    }
}
