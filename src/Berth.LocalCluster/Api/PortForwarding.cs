using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Berth.LocalCluster.Tunnels;

namespace Berth.LocalCluster.Api;

/// <summary>
/// The streams of one kubectl port-forward to one pod. Each connection of a client has two streams with the same number: one for data, one
/// for errors.
/// </summary>
internal sealed class PortForwarding(string pod, Func<int, IPAddress> find, TimeProvider time, CancellationToken ending)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TunnelStream> _errors = new(StringComparer.Ordinal);

    /// <summary>Serves one stream until it has ended.</summary>
    public async Task ServeAsync(SpdyConnection connection, TunnelStream stream)
    {
        string request = stream.Headers.GetValueOrDefault("requestID", "");
        if (stream.Headers.GetValueOrDefault("streamType") == "error")
        {
            _errors[request] = stream;
            Task reset = Task.Delay(Timeout.InfiniteTimeSpan, time, stream.Reset);
            await reset.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _errors.TryRemove(new KeyValuePair<string, TunnelStream>(request, stream));
            return;
        }

        string? failure = await ForwardAsync(connection, stream).ConfigureAwait(false);
        if (_errors.TryRemove(request, out TunnelStream? errors))
        {
            byte[] text = Encoding.UTF8.GetBytes(failure ?? "");
            await connection.SendAsync(errors, text, isLast: true, ending).ConfigureAwait(false);
            errors.End();
        }

        if (failure is not null)
            await connection.SendAsync(stream, default, isLast: true, ending).ConfigureAwait(false);
    }

    /// <summary>Forwards both directions until both have ended, or the client has reset the stream. Returns the error, or null.</summary>
    private async Task<string?> ForwardAsync(SpdyConnection connection, TunnelStream stream)
    {
        if (!ushort.TryParse(stream.Headers.GetValueOrDefault("port"), CultureInfo.InvariantCulture, out ushort port) || port == 0)
            return $"error forwarding to pod {pod}: \"{stream.Headers.GetValueOrDefault("port")}\" is no port";
        IPAddress address = find(port);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(stream.Reset, ending);
        using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), both.Token).AsTask().WaitAsync(s_patience, time, both.Token)
                .ConfigureAwait(false);
            await Task.WhenAll(
                OrBothAsync(ToPodAsync(stream, socket, both.Token), both),
                OrBothAsync(FromPodAsync(connection, stream, socket, both.Token), both)).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException)
        {
            return $"error forwarding port {port.ToString(CultureInfo.InvariantCulture)} to pod {pod} at {address}: {exception.Message}";
        }
    }

    private static async Task ToPodAsync(TunnelStream stream, Socket socket, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await stream.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> part in read.Buffer)
                await socket.SendAsync(part, cancellationToken).ConfigureAwait(false);
            stream.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private async Task FromPodAsync(SpdyConnection connection, TunnelStream stream, Socket socket, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            // A frame that is sent in part would end the whole tunnel, so a frame is always sent completely.
            while (await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
                await connection.SendAsync(stream, buffer.AsMemory(0, count), isLast: false, ending).ConfigureAwait(false);
            await connection.SendAsync(stream, default, isLast: true, ending).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Waits for one direction. If it breaks, the other ends too.</summary>
    private static async Task OrBothAsync(Task direction, CancellationTokenSource both)
    {
        try
        {
            await direction.ConfigureAwait(false);
        }
        catch
        {
            await both.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
