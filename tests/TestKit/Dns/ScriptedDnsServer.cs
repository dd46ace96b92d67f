using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Berth.TestKit.Dns;

/// <summary>
/// A DNS server on loopback, UDP and TCP on one port of the system's choice, that answers from a zone or misbehaves as a script says.
/// </summary>
public sealed class ScriptedDnsServer : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<DnsTestQuery> _queries = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _serving;
    private volatile TestZone _zone = TestZone.Empty;
    private volatile Func<DnsTestQuery, DnsTestReply?>? _script;
    private volatile TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedDnsServer(TestZone? zone = null)
    {
        _zone = zone ?? TestZone.Empty;
        (_udp, _tcp) = Bind();
        EndPoint = (IPEndPoint)_udp.LocalEndPoint!;
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>The zone for the next queries.</summary>
    public TestZone Zone
    {
        get => _zone;
        set => _zone = value;
    }

    /// <summary>Answers instead of the zone. When it returns null, the zone answers.</summary>
    public Func<DnsTestQuery, DnsTestReply?>? Script
    {
        get => _script;
        set => _script = value;
    }

    public IReadOnlyList<DnsTestQuery> Queries => [.. _queries];

    public static (Socket Udp, Socket Tcp) Bind()
    {
        // A port that is free for UDP may be taken for TCP; then another is tried.
        for (int attempt = 0; ; attempt++)
        {
            Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                tcp.Bind(udp.LocalEndPoint!);
                tcp.Listen();
                return (udp, tcp);
            }
            catch (SocketException) when (attempt < 50)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    /// <summary>Waits until that many queries have arrived, from the start.</summary>
    public async Task WaitForQueriesAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrived = _arrived.Task;
            if (_queries.Count >= count)
                return;
            await arrived.WaitAsync(Wait.Limit, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _serving;
        await Task.WhenAll(_connections);
        _stopping.Dispose();
    }

    private DnsTestReply Answer(ReadOnlySpan<byte> message, bool isTcp, EndPoint? client)
    {
        DnsTestQuery query = DnsTestQuery.Parse(message, isTcp) with { Client = client };
        DnsTestReply reply = _script?.Invoke(query) ?? DnsTestReply.FromZone(query, _zone);
        _queries.Enqueue(query);
        Interlocked.Exchange(ref _arrived, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return reply;
    }

    private async Task ServeUdpAsync()
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                foreach (byte[] message in Answer(buffer.AsSpan(0, received.ReceivedBytes), isTcp: false, received.RemoteEndPoint).Messages)
                    await _udp.SendToAsync(message, received.RemoteEndPoint, _stopping.Token);
            }
        }
        catch (Exception exception) when (
            _stopping.IsCancellationRequested && exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeConnectionAsync(await _tcp.AcceptAsync(_stopping.Token)));
        }
        catch (Exception exception) when (
            _stopping.IsCancellationRequested && exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeConnectionAsync(Socket client)
    {
        try
        {
            await using NetworkStream stream = new(client, ownsSocket: true);
            byte[] prefix = new byte[2];
            await stream.ReadExactlyAsync(prefix, _stopping.Token);
            byte[] query = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
            await stream.ReadExactlyAsync(query, _stopping.Token);
            DnsTestReply reply = Answer(query, isTcp: true, client.RemoteEndPoint);
            foreach (byte[] message in reply.Messages)
            {
                BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)message.Length);
                await stream.WriteAsync((byte[])[.. prefix, .. message], _stopping.Token);
            }

            // Until the client has had enough; a silent server is silent, it does not hang up.
            _ = await stream.ReadAtLeastAsync(prefix, 1, throwOnEndOfStream: false, _stopping.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The client or the test is done.
        }
    }
}
