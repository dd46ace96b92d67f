using System.Net;
using System.Net.Sockets;

namespace Berth.Extensions.Hosting.Http;

/// <summary>A port on which connections are neither accepted nor refused, as those to a node that is gone: its backlog is full.</summary>
internal sealed class SilentListener : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _backlog = [];

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Listens, and fills the backlog until a connection has to wait.</summary>
    public static async Task<SilentListener> StartAsync(CancellationToken cancellationToken)
    {
        SilentListener silent = new();
        silent._listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent._listener.Listen(0);
        while (true)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            silent._backlog.Add(socket);
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(1));
            try
            {
                await socket.ConnectAsync(silent._listener.LocalEndPoint!, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return silent;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (Socket socket in _backlog)
            socket.Dispose();
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }
}
