using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Berth.Conformance.Discovery;

/// <summary>
/// A relay between a client and an API server, so that a test can cut and restore the connection to any server.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Socket, Task> _connections = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private volatile bool _cut;

    public Relay(Uri server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Breaks every connection and lets no new one live.</summary>
    public void Cut()
    {
        _cut = true;
        foreach (Socket near in _connections.Keys)
        {
            near.Dispose();
        }
    }

    public void Restore() => _cut = false;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket near = await _listener.AcceptSocketAsync(_stopping.Token);
                if (_cut)
                {
                    near.Dispose();
                    continue;
                }

                _connections[near] = Task.Run(() => CarryAsync(near));
                if (_cut)
                {
                    near.Dispose();
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay is disposed.
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using Socket far = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await far.ConnectAsync(_server.DnsSafeHost, _server.Port, _stopping.Token);
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Without a server there is no connection.
        }
        finally
        {
            near.Dispose();
            _connections.TryRemove(near, out _);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stopping.Token) is var read and > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, read), _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One end is gone; the other follows.
        }
    }
}
