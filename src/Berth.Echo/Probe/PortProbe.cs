using System.Net;
using System.Net.Sockets;

namespace Berth.Echo;

/// <summary>Tells whether a port accepts a TCP connection.</summary>
public static class PortProbe
{
    /// <summary>Connects, and closes again.</summary>
    /// <param name="host">An IP address, or a name that is resolved.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="timeout">How long to wait, above 0.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the probe with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Null when the port accepts, else why not, as a sentence.</returns>
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
        // A reset instead of an orderly close: the server's session ends at once, and no port of ours is kept in TIME_WAIT by many probes.
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
}
