using System.Net;
using System.Net.Sockets;

namespace Berth.Extensions.Hosting.Http;

/// <summary>A port on which connections are neither accepted nor refused, as those to a node that is gone: its backlog is full.</summary>
internal sealed class SilentListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _backlog = [];

    /// <summary>Listens, and fills the backlog until a connection has to wait.</summary>
    public SilentListener()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        Socket next;
        do
        {
            next = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _backlog.Add(next);
        }
        while (IsConnected(next, _listener.LocalEndPoint!));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Dispose()
    {
        foreach (Socket socket in _backlog)
            socket.Dispose();
        _listener.Dispose();
    }

    // The kernel makes these connections alone, however busy the processors are: no task of this process has its part in them. What it
    // has not made within a second, it keeps waiting.
    private static bool IsConnected(Socket socket, EndPoint listener)
    {
        try
        {
            socket.Connect(listener);
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            return socket.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectWrite);
        }
    }
}
