using System.Net;
using System.Net.Sockets;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// A UDP port that forwards to endpoints of a Service, like kube-proxy: all datagrams of one sender go to one endpoint, and the answers
/// come from this port. After a minute of silence a sender has no endpoint any longer.
/// </summary>
internal sealed class UdpRelay : IAsyncDisposable
{
    /// <summary>The limit of known senders. A further sender replaces the one with the longest silence.</summary>
    private const int MaxSenders = 1024;

    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(1);
    private static readonly IPEndPoint s_any = new(IPAddress.Any, 0);

    private readonly Socket _socket;
    private readonly Func<IPEndPoint?> _choose;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<IPEndPoint, Sender> _senders = [];
    private readonly byte[] _buffer = new byte[65535];
    private readonly Task _receiving;

    /// <param name="at">The port.</param>
    /// <param name="choose">Chooses the endpoint of a new sender; null while none is ready.</param>
    /// <param name="failed">Called when the port begins to fail.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SocketException">The port cannot be opened.</exception>
    public UdpRelay(IPEndPoint at, Func<IPEndPoint?> choose, Action<Exception> failed, TimeProvider time)
    {
        _choose = choose;
        _time = time;
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.Bind(at);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _receiving = PortLoop.RunAsync(PassAsync, failed, time, _stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Task cancelled = _stopping.CancelAsync();
        // The socket is closed before any wait, because another port may be opened at the address right after this call.
        _socket.Dispose();
        await cancelled.ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        foreach (Sender sender in _senders.Values)
            await EndAsync(sender).ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Passes one datagram on.</summary>
    private async Task PassAsync(CancellationToken stopping)
    {
        bool isReceived = false;
        try
        {
            SocketReceiveFromResult received = await _socket.ReceiveFromAsync(_buffer, s_any, stopping).ConfigureAwait(false);
            isReceived = true;
            if (await SenderAsync((IPEndPoint)received.RemoteEndPoint).ConfigureAwait(false) is not { } sender)
                return;
            sender.LastHeard = _time.GetTimestamp();
            await sender.Socket.SendAsync(_buffer.AsMemory(0, received.ReceivedBytes), stopping).ConfigureAwait(false);
        }
        catch (SocketException exception) when (isReceived || exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The endpoint refused a datagram, or the sender an answer. The next datagram may arrive.
        }
    }

    /// <summary>
    /// Returns the sender's connection to its endpoint, or a new one after a long silence of the endpoint. Null while no endpoint is ready.
    /// </summary>
    private async Task<Sender?> SenderAsync(IPEndPoint from)
    {
        foreach ((IPEndPoint at, Sender old) in _senders
            .Where(pair => pair.Value.Answering.IsCompleted || _time.GetElapsedTime(pair.Value.LastHeard) > s_silence).ToList())
        {
            _senders.Remove(at);
            await EndAsync(old).ConfigureAwait(false);
        }

        if (_senders.TryGetValue(from, out Sender? known))
            return known;
        if (_choose() is not { } endpoint)
            return null;
        if (_senders.Count == MaxSenders)
        {
            (IPEndPoint at, Sender oldest) = _senders.MinBy(static pair => pair.Value.LastHeard);
            _senders.Remove(at);
            await EndAsync(oldest).ConfigureAwait(false);
        }

        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(endpoint, _stopping.Token).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        Sender sender = new(socket, AnswerAsync(socket, from)) { LastHeard = _time.GetTimestamp() };
        _senders[from] = sender;
        return sender;
    }

    /// <summary>Passes answers back. It ends when the endpoint refuses a datagram, because its process has ended.</summary>
    private async Task AnswerAsync(Socket from, IPEndPoint to)
    {
        byte[] buffer = new byte[65535];
        try
        {
            while (true)
            {
                int count = await from.ReceiveAsync(buffer, _stopping.Token).ConfigureAwait(false);
                await _socket.SendToAsync(buffer.AsMemory(0, count), to, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The endpoint, the sender or the cluster has ended.
        }
    }

    private static async Task EndAsync(Sender sender)
    {
        sender.Socket.Dispose();
        await sender.Answering.ConfigureAwait(false);
    }

    private sealed record Sender(Socket Socket, Task Answering)
    {
        public long LastHeard { get; set; }
    }
}
