using System.Net;
using System.Net.Sockets;

namespace Berth.TestKit;

/// <summary>
/// Ports for programs that need a port as an option. No process reserves them meanwhile, so they are outside the system's ephemeral range.
/// </summary>
public static class FreePorts
{
    private const int First = 12_000;
    private const int Last = 31_000;
    private static readonly Lock s_lock = new();
    private static readonly HashSet<int> s_given = [];

    /// <summary>Finds ports that follow each other, free on TCP and UDP, each given once in this process.</summary>
    /// <returns>The first of them.</returns>
    public static int Take(int count = 1)
    {
        lock (s_lock)
        {
            while (true)
            {
                int start = Random.Shared.Next(First, Last - count);
                int[] ports = [.. Enumerable.Range(start, count)];
                if (ports.Any(s_given.Contains) || !ports.All(IsFree))
                    continue;
                s_given.UnionWith(ports);
                return start;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Any, port));
            using Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
