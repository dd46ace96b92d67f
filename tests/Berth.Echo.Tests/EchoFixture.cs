using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Echo.Tests;

/// <summary>
/// A running echo server on a port that was free a moment ago; when another program takes it, the fixture tries the next.
/// </summary>
internal sealed class EchoFixture : IAsyncDisposable
{
    private EchoFixture(EchoServer server) => Server = server;

    public EchoServer Server { get; }

    public int Port => Server.LocalEndPoint.Port;

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static EchoFixture Start(Func<int, EchoOptions>? options = null, ILogger? logger = null, TimeProvider? time = null)
    {
        for (int attempt = 0; ; attempt++)
        {
            int port = FreePorts.Take();
            try
            {
                return new EchoFixture(
                    EchoServer.Start(
                        options?.Invoke(port) ?? new EchoOptions { Port = port }, logger ?? NullLogger.Instance,
                        time ?? TimeProvider.System));
            }
            catch (EchoStartException exception) when (
                exception.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } && attempt < 20)
            {
                // Taken between looking and binding.
            }
        }
    }

    public static void StartAt(int port) => EchoServer.Start(new EchoOptions { Port = port }, NullLogger.Instance, TimeProvider.System);

    public async Task<Socket> ConnectAsync(string address = "127.0.0.1")
    {
        IPAddress ip = IPAddress.Parse(address);
        Socket socket = new(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(ip, Port, Cancelled);
        return socket;
    }

    public static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.UTF8.GetBytes(text), Cancelled);

    /// <summary>Reads exactly as many bytes as are expected.</summary>
    public static async Task ExpectAsync(Socket socket, string expected)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(expected);
        byte[] got = new byte[wanted.Length];
        int count = 0;
        while (count < got.Length)
        {
            int read = await socket.ReceiveAsync(got.AsMemory(count), Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled);
            Assert.True(read > 0, $"The connection ended after '{Encoding.UTF8.GetString(got, 0, count)}'.");
            count += read;
        }

        Assert.Equal(expected, Encoding.UTF8.GetString(got));
    }

    /// <summary>Reads to the end.</summary>
    public static async Task<string> ReadToEndAsync(Socket socket)
    {
        List<byte> all = [];
        byte[] buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled) is > 0 and int read)
            all.AddRange(buffer.AsSpan(0, read));
        return Encoding.UTF8.GetString([.. all]);
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();
}
