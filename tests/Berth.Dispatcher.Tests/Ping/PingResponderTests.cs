using System.Net;
using System.Net.Sockets;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Ping;

public sealed class PingResponderTests : IAsyncDisposable
{
    private readonly TestClock _time = new();
    private readonly RecordingLogger _log = new();
    private readonly PingResponder _responder;
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public PingResponderTests()
    {
        // No other test gets this port, also not after the end of the responder.
        _responder = PingResponder.Start([new IPEndPoint(IPAddress.Loopback, FreePorts.Take())], _log, _time);
        _client.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private IPEndPoint Own => _responder.EndPoints[0];

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _responder.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(PingResponder.MaxLength)]
    public async Task Datagram_comes_back_as_it_is(int length)
    {
        byte[] sent = [.. Enumerable.Range(0, length).Select(static i => (byte)(i * 7))];
        await SendAsync(_client, sent);
        Assert.Equal(sent, await ReceiveAsync(_client));
        await WaitForAsync(() => _responder.AnsweredCount == 1);
    }

    [Fact]
    public async Task Datagram_that_is_too_long_gets_no_answer()
    {
        await SendAsync(_client, new byte[PingResponder.MaxLength + 1]);
        await SendAsync(_client, [1, 2, 3]);
        Assert.Equal([1, 2, 3], await ReceiveAsync(_client));
        await WaitForAsync(() => _responder.RefusedCount == 1);
    }

    [Fact]
    public async Task Sender_gets_20_answers_a_second()
    {
        for (byte i = 0; i < PingResponder.PerSecond; i++)
        {
            await SendAsync(_client, [i]);
            Assert.Equal([i], await ReceiveAsync(_client));
        }

        for (int i = 0; i < 5; i++)
            await SendAsync(_client, [100]);
        await WaitForAsync(() => _responder.RefusedCount == 5);

        _time.Advance(TimeSpan.FromMilliseconds(50));
        await SendAsync(_client, [200]);

        Assert.Equal([200], await ReceiveAsync(_client));
        await WaitForAsync(() => _responder.AnsweredCount == PingResponder.PerSecond + 1);
    }

    [Theory]
    [InlineData(1023, false)]
    [InlineData(53, false)]
    [InlineData(9500, false)]
    [InlineData(1024, true)]
    [InlineData(50000, true)]
    public void Ports_that_no_client_has_get_no_answer(int port, bool isAnswered) =>
        Assert.Equal(isAnswered, _responder.MayAnswer(10, new IPEndPoint(IPAddress.Parse("203.0.113.7"), port), 9500));

    [Fact]
    public async Task Two_responders_do_not_answer_each_other()
    {
        // A datagram with the sender forged: the other responder's address.
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), Own.Port));
        await SendAsync(other, [1]);
        await SendAsync(_client, [2]);
        Assert.Equal([2], await ReceiveAsync(_client));
        await WaitForAsync(() => _responder.AnsweredCount == 1 && _responder.RefusedCount == 1);
        Assert.Equal(0, other.Available);
    }

    [Fact]
    public async Task Any_address_is_both_families()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using PingResponder any = PingResponder.Start([new IPEndPoint(IPAddress.IPv6Any, 0)], _log, _time);
        foreach (IPAddress address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using Socket client = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            client.Bind(new IPEndPoint(address, 0));
            await client.SendToAsync(new byte[] { 9 }, SocketFlags.None, new IPEndPoint(address, any.EndPoints[0].Port), Cancelled);
            Assert.Equal([9], await ReceiveAsync(client));
        }
    }

    [Fact]
    public void Port_that_is_taken_is_a_sentence()
    {
        DispatcherStartException fault = Assert.Throws<DispatcherStartException>(() => PingResponder.Start([Own], _log, _time));
        Assert.StartsWith($"Listening on UDP {Own} failed: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--listen", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_logger_does_not_end_the_answers()
    {
        ThrowingLogger broken = new();
        PingResponder responder = PingResponder.Start([new IPEndPoint(IPAddress.Loopback, 0)], broken, _time);
        await _client.SendToAsync(new byte[] { 9 }, SocketFlags.None, responder.EndPoints[0], Cancelled);
        Assert.Equal([9], await ReceiveAsync(_client));
        await responder.DisposeAsync();
        Assert.Equal(2, broken.Calls);
    }

    [Fact]
    public async Task End_frees_the_port_and_tells_the_counts()
    {
        await SendAsync(_client, [1]);
        await ReceiveAsync(_client);
        await WaitForAsync(() => _responder.AnsweredCount == 1);
        IPEndPoint own = Own;
        await _responder.DisposeAsync();
        using Socket again = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        again.Bind(own);
        Assert.Equal(own, again.LocalEndPoint);
        await _log.WaitForAsync("1 datagrams were answered, and 0 were not.", Cancelled);
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[2000];
        int length = await socket.ReceiveAsync(buffer, SocketFlags.None, Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled);
        return buffer[..length];
    }

    private static Task WaitForAsync(Func<bool> condition) => Wait.ForAsync(condition, Cancelled);

    private async Task SendAsync(Socket socket, byte[] bytes) => await socket.SendToAsync(bytes, SocketFlags.None, Own, Cancelled);
}
