using System.Net;
using System.Net.Sockets;
using Berth.Echo.Sockets;

namespace Berth.Echo;

/// <summary>Checks whether a port accepts a TCP connection, and whether this pod listens there.</summary>
public static class PortProbe
{
    /// <summary>Connects, and closes the connection.</summary>
    /// <param name="host">An IP address, or a name that is resolved.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="timeout">The time to wait for the connection, above 0.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the probe with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Null when the port accepts the connection, else the reason as a sentence.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The port or the timeout is outside its range.</exception>
    public static async Task<string?> FindFaultAsync(
        string host, int port, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        // Resets the connection instead of closing it: the server's session ends at once, and frequent probes leave no ports in TIME_WAIT.
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        try
        {
            await socket.ConnectAsync(host, port, both.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{host}:{port} did not accept within {timeout.TotalSeconds:0.###} s.";
        }
        catch (SocketException exception)
        {
            return $"{host}:{port} does not accept: {exception.Message}.";
        }
    }

    /// <summary>Checks that a server can listen on a port, for TCP and UDP.</summary>
    /// <param name="address">The address to listen on, or null for every address of both families.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <exception cref="EchoStartException">
    /// It cannot; the message says why, and names the process that holds the port, if it is known.
    /// </exception>
    public static void ThrowIfTaken(IPAddress? address, int port)
    {
        (Socket tcp, Socket udp) = EchoSockets.Bind(new EchoOptions { Port = port, BindAddress = address });
        tcp.Dispose();
        udp.Dispose();
    }

    /// <summary>
    /// Finds out whether another pod listens on a port: on the host network every pod of a node sees the same ports, and a connection
    /// proves only that one of them accepts.
    /// </summary>
    /// <param name="host">An IP address of this machine, or <c>localhost</c>. For other names nothing is known.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="self">The pod that should listen.</param>
    /// <returns>
    /// Null when this pod listens, or when it is unknown (not on Linux, or the files of a process may not be read); else a sentence that
    /// says who listens.
    /// </returns>
    public static string? FindOwnerFault(string host, int port, PodIdentity self)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentNullException.ThrowIfNull(self);
        return FindOwnerFault(ListenerTable.OfThisMachine, host, port, self);
    }

    internal static string? FindOwnerFault(ListenerTable table, string host, int port, PodIdentity self)
    {
        IPAddress? address = host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out IPAddress? parsed) ? parsed : null;
        PortOwner? other = address is null ? null : table.Find(address, port, likely: self).FirstOrDefault(owner => !owner.MayBe(self));
        return other is null
            ? null
            : $"{host}:{port} accepts, but {other} listens there, not {self.Name}. Two StatefulSets on one node need base ports that do "
                + "not overlap. If another container of this pod listens, use --owner any.";
    }
}
