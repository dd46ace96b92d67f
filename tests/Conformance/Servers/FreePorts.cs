using System.Net;
using System.Net.Sockets;

namespace Berth.Conformance.Servers;

/// <summary>Ports for programs that do not tell which one they took.</summary>
internal static class FreePorts
{
    /// <summary>Several at once, so that they differ.</summary>
    public static int[] Take(int count)
    {
        TcpListener[] held = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in held)
        {
            listener.Start();
        }

        int[] ports = [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in held)
        {
            listener.Dispose();
        }

        return ports;
    }
}
