using System.Net;
using System.Net.Sockets;
using Berth.Echo.Tcp;
using Berth.Echo.Udp;
using Berth.TestKit;

namespace Berth.Echo.Tests;

/// <summary>Sockets that fail for a while.</summary>
public sealed class RetryTests : IDisposable
{
    private readonly TestClock _time = new();
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _logger.Dispose();

    [Fact]
    public async Task Failed_accept_is_tried_again_every_tenth_of_a_second()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using TcpEcho echo = new(listener, new EchoOptions { Port = ((IPEndPoint)listener.LocalEndPoint!).Port }, _logger, _time);
        // It does not listen yet, so every accept fails.
        echo.Start();
        for (int attempt = 0; attempt < 3; attempt++)
        {
            await RetryAsync();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await RetryAsync();
        Assert.Equal([404], _logger.Ids);
        listener.Listen();
        _time.Advance(TimeSpan.FromMilliseconds(100));
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(echo.LocalEndPoint, EchoFixture.Cancelled);
        await EchoFixture.SendAsync(client, "a\n");
        await EchoFixture.ExpectAsync(client, $"{echo.LocalEndPoint} a\n");
        Assert.Single(_logger.Ids, static id => id == 405);
        await echo.StopAcceptingAsync();
        await echo.CloseSessionsAsync();
    }

    [Fact]
    public async Task Failing_datagrams_are_logged_once_and_end_with_the_server()
    {
        // A socket that no datagram can be received from.
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using UdpEcho echo = new(socket, _logger, _time);
        echo.Start();
        for (int attempt = 0; attempt < 3; attempt++)
        {
            await RetryAsync();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await RetryAsync();
        Assert.Equal([409], _logger.Ids);
        await echo.StopAsync().WaitAsync(Wait.Limit, EchoFixture.Cancelled);
        Assert.Equal(0, _time.Timers);
    }

    private Task<TimeSpan> RetryAsync() =>
        _time.WaitForTimerAsync(static due => due == TimeSpan.FromMilliseconds(100), EchoFixture.Cancelled);
}
