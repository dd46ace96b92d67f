using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Berth.TestKit;

/// <summary>
/// A relay between client and server on the level of TCP. It can become silent (both ends stay open, and no byte passes), cut open
/// connections, refuse new ones, and connect the next ones to another server, as a load balancer in front of several servers does.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Link> _links = [];
    private readonly Task _accepting;
    private volatile bool _silent;
    private volatile bool _hasSwallowedLast;
    private int _accepted;
    private int _pumps;

    public TcpRelay(Func<int> serverPort)
    {
        _listener.Start();
        _accepting = AcceptAsync(serverPort);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The number of connections that clients have made, including refused ones.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>True while a connection is open in either direction.</summary>
    public bool IsUsed => Volatile.Read(ref _pumps) > 0;

    /// <summary>True to close each new connection at once, like an address without a server.</summary>
    public bool TurnsAway { get; set; }

    /// <summary>True to accept each new connection and to forward nothing on it, like a host that hangs.</summary>
    public bool Swallows { get; set; }

    /// <summary>True when nothing is forwarded on the last connection because of <see cref="Swallows"/>.</summary>
    public bool HasSwallowedLast => _hasSwallowedLast;

    /// <summary>Stops forwarding on the current connections. Later ones work.</summary>
    public void SilenceTheseConnections() => _silent = true;

    /// <summary>
    /// Makes the clients' peer of the current connections disappear from the network: no FIN, no RST, and no acknowledgement of anything
    /// that a client sends, also not of TCP keep-alive probes. Linux only: a filter on each socket drops every incoming packet.
    /// </summary>
    public void Vanish()
    {
        _silent = true;
        lock (_links)
        {
            foreach (Link link in _links)
                DropPackets(link.Near.Client);
        }
    }

    /// <summary>Ends all connections: with a FIN, as a process that exits, or with a RST, as a process that was lost.</summary>
    public void Cut(bool reset = false)
    {
        lock (_links)
        {
            foreach (Link link in _links)
                link.Cut(reset);
            _links.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Cut();
        _stop.Dispose();
    }

    /// <summary>
    /// SO_ATTACH_FILTER with one instruction, "return 0": keep no byte of any packet (socket(7), linux/filter.h). No privilege is needed.
    /// </summary>
    private static void DropPackets(Socket socket)
    {
        const int SocketLevel = 1;
        const int AttachFilter = 26;
        nint instruction = Marshal.AllocHGlobal(8);
        try
        {
            // struct sock_filter { u16 code = BPF_RET | BPF_K; u8 jt, jf; u32 k = 0; }
            Marshal.WriteInt64(instruction, 6);
            byte[] program = new byte[16];
            BitConverter.TryWriteBytes(program, (ushort)1);
            BitConverter.TryWriteBytes(program.AsSpan(8), instruction);
            socket.SetRawSocketOption(SocketLevel, AttachFilter, program);
        }
        finally
        {
            // The kernel has copied it.
            Marshal.FreeHGlobal(instruction);
        }
    }

    private async Task AcceptAsync(Func<int> serverPort)
    {
        List<Task> pumps = new();
        try
        {
            while (true)
            {
                TcpClient near = await _listener.AcceptTcpClientAsync(_stop.Token);
                bool mayFallSilent = !_silent;
                bool swallows = _hasSwallowedLast = Swallows;
                Interlocked.Increment(ref _accepted);
                if (await ConnectAsync(near, serverPort) is not { } link)
                    continue;
                pumps.Add(PumpAsync(link.Near, link.Far, () => swallows || (_silent && mayFallSilent)));
                pumps.Add(PumpAsync(link.Far, link.Near, () => swallows || (_silent && mayFallSilent)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(pumps);
        }
    }

    private async Task<Link?> ConnectAsync(TcpClient near, Func<int> serverPort)
    {
        TcpClient far = new();
        try
        {
            if (!TurnsAway)
            {
                await far.ConnectAsync(IPAddress.Loopback, serverPort(), _stop.Token);
                Link link = new(near, far);
                lock (_links)
                    _links.Add(link);
                return link;
            }
        }
        catch (SocketException)
        {
            // The server cannot be reached either.
        }

        far.Dispose();
        near.Dispose();
        return null;
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, Func<bool> drops)
    {
        byte[] buffer = new byte[16 * 1024];
        Interlocked.Increment(ref _pumps);
        try
        {
            int read;
            using TcpClient ended = to;
            while ((read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
            {
                if (!drops())
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidOperationException)
        {
            // One end has closed, so the other must close too.
        }
        finally
        {
            Interlocked.Decrement(ref _pumps);
        }
    }

    private sealed record Link(TcpClient Near, TcpClient Far)
    {
        public void Cut(bool reset)
        {
            // Both before the first is closed: a pump then closes the other.
            if (reset)
            {
                SetReset(Near);
                SetReset(Far);
            }

            Near.Dispose();
            Far.Dispose();
        }

        private static void SetReset(TcpClient end)
        {
            try
            {
                // Zero seconds of linger is a RST.
                if (end.Client is { } socket)
                    socket.LingerState = new LingerOption(true, 0);
            }
            catch (ObjectDisposedException)
            {
                // A pump has closed it already.
            }
        }
    }
}
