using System.Net;
using System.Net.Sockets;

namespace Berth.Echo.Udp;

/// <summary>Sends a datagram from a given address of this machine.</summary>
/// <remarks>
/// A socket that is bound to every address answers from the address that the routing table prefers. A client that expects the answer from
/// the address that it dialled drops such an answer. .NET can read the destination address of a received datagram, but cannot set the
/// source address of a sent one. On Linux <c>sendmsg</c> can (ip(7) IP_PKTINFO, RFC 3542 IPV6_PKTINFO). On other systems the routing table
/// decides.
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
                // The C library has another name on this system.
                _canChoose = false;
            }
        }

        try
        {
            socket.SendTo(data, SocketFlags.None, destination);
        }
        catch (SocketException)
        {
            // The datagram is lost: the client's host is unreachable, or the answer is too large.
        }
    }
}
