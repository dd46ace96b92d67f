using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.FirstLook;

/// <summary>Tells when a server of this machine has accepted a connection, as Linux states it.</summary>
internal static class AcceptedSocket
{
    /// <summary>
    /// Waits until the server's process has the connection. For its client it is connected before that: the last packet of the handshake
    /// may still wait for its processor, and a later connection from the other processor may overtake it.
    /// </summary>
    public static Task WaitAsync(Socket client, CancellationToken cancellationToken)
    {
        string server = Port(client.RemoteEndPoint), own = Port(client.LocalEndPoint);
        return Wait.ForAsync(
            "the server to accept the connection",
            async token => (await File.ReadAllLinesAsync("/proc/net/tcp", token)).FirstOrDefault(line => IsAccepted(line, server, own)),
            cancellationToken);
    }

    /// <summary>
    /// Reads a line of /proc/net/tcp: number, local and remote address, state, queues, timer, retries, user, timeout, inode.
    /// </summary>
    private static bool IsAccepted(string line, string server, string own)
    {
        string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // A connection that no process has accepted has no inode.
        return columns[1].EndsWith(server, StringComparison.Ordinal) && columns[2].EndsWith(own, StringComparison.Ordinal)
            && columns[9] != "0";
    }

    private static string Port(EndPoint? address) => string.Create(CultureInfo.InvariantCulture, $":{((IPEndPoint)address!).Port:X4}");
}
