using System.Net;
using System.Net.Sockets;
using Berth.Dispatcher.FirstLook;
using Berth.TestKit;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Tests.FirstLook;

/// <summary>A listener on a free loopback port, from which the test accepts in Kestrel's place.</summary>
internal sealed class FirstLookFixture : IAsyncDisposable
{
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly List<ConnectionContext> _connections = [];
    private readonly EndPoint _address;

    /// <param name="threads">The number of threads.</param>
    /// <param name="port">The port, or 0 for any.</param>
    public FirstLookFixture(int threads = 1, int port = 0)
        : this(Listen(port), threads)
    {
    }

    public FirstLookFixture(Socket socket, int threads = 1)
    {
        Assert.SkipUnless(LinuxCalls.IsSupported, "The first look is for Linux.");
        _address = socket.LocalEndPoint!;
        SocketConnectionContextFactory contexts = new(new SocketConnectionFactoryOptions(), Logger.CreateLogger(""));
        Listener = new FirstLookListener(socket, threads, contexts, Answers, Idle, Clock, Logger);
        Accepted = Listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
    }

    public FixedAnswers Answers { get; } = new();

    public TestClock Clock { get; } = new();

    public RecordingLogger Logger { get; } = new() { MinLevel = LogLevel.Information };

    public FirstLookListener Listener { get; }

    /// <summary>The first connection that is handed over, or null when the listener has ended.</summary>
    public Task<ConnectionContext?> Accepted { get; }

    public async Task<ConnectionContext> AcceptAsync()
    {
        ConnectionContext? connection = await Accepted.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        Assert.NotNull(connection);
        _connections.Add(connection);
        return connection;
    }

    public async Task<Socket> ConnectAsync()
    {
        Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(_address, TestContext.Current.CancellationToken);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ConnectionContext connection in _connections)
            await connection.DisposeAsync();
        await Listener.DisposeAsync();
    }

    private static Socket Listen(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(128);
        return socket;
    }
}
