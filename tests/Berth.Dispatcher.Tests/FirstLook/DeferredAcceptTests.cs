using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Dispatcher.FirstLook;
using Berth.TestKit;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dispatcher.Tests.FirstLook;

/// <summary>The system keeps silent connections back. It runs on Linux.</summary>
public sealed class DeferredAcceptTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_transport_asks_the_system_to_keep_silent_clients_back()
    {
        Assert.SkipUnless(LinuxCalls.IsSupported, "The first look is for Linux.");
        SocketTransportOptions options = new();
        FirstLookTransport transport = new(
            new SocketTransportFactory(Microsoft.Extensions.Options.Options.Create(options), NullLoggerFactory.Instance), options,
            new FixedAnswers(), FirstLookFixture.Idle, static _ => true, new TestClock(), NullLoggerFactory.Instance);

        await using IConnectionListener listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Cancelled);

        Assert.NotEqual(0, Seconds(Assert.IsType<FirstLookListener>(listener).Socket));
    }

    [Fact]
    public void It_can_be_ended()
    {
        Assert.SkipUnless(LinuxCalls.IsSupported, "The first look is for Linux.");
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        DeferredAccept.Start(socket);
        Assert.NotEqual(0, Seconds(socket));
        DeferredAccept.End(socket);
        Assert.Equal(0, Seconds(socket));
    }

    [Fact]
    public async Task A_client_that_is_kept_back_is_told_of_the_end()
    {
        await using FirstLookFixture fixture = new(Listen());
        using Socket silent = await fixture.ConnectAsync();

        await fixture.Listener.UnbindAsync(Cancelled);

        Assert.Equal(0, await silent.ReceiveAsync(new byte[1], Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled));
        Assert.Null(await fixture.Accepted);
    }

    [Fact]
    public async Task A_client_that_is_kept_back_and_asks_at_the_end_is_answered()
    {
        await using FirstLookFixture fixture = new(Listen());
        using Socket silent = await fixture.ConnectAsync();
        using Socket other = await fixture.ConnectAsync();
        Task unbinding = fixture.Listener.UnbindAsync(Cancelled).AsTask();

        await silent.SendAsync(Encoding.ASCII.GetBytes(FixedAnswers.Last), Cancelled);

        byte[] answer = new byte[FixedAnswers.Answer.Length];
        await using NetworkStream stream = new(silent, ownsSocket: false);
        await stream.ReadExactlyAsync(answer, Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled);
        Assert.Equal(FixedAnswers.Answer, Encoding.ASCII.GetString(answer));
        await unbinding;
    }

    [Fact]
    public void The_clients_of_a_port_are_found_in_a_table_of_the_system()
    {
        string[] lines =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:B261 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 117511575 1",
            "   1: 0100007F:B261 0100007F:D322 03 00000000:00000000 01:00000063 00000000     0        0 0 1",
            "   2: 0100007F:B261 0100007F:D330 01 00000000:00000000 00:00000000 00000000     0        0 117511615 1",
            "   3: 0100007F:1F90 0100007F:D332 03 00000000:00000000 01:00000063 00000000     0        0 0 1",
            "   4: 00000000000000000000000001000000:B261 00000000000000000000000001000000:D340 03 00000000:00000000 01:00000063 0",
            "",
        ];

        Assert.Equal(
            ["0100007F:D322", "00000000000000000000000001000000:D340"], HeldBackClients.In(lines, 0xB261));
    }

    private static Socket Listen()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        DeferredAccept.Start(socket);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(16);
        return socket;
    }

    private static int Seconds(Socket socket)
    {
        byte[] value = new byte[4];
        socket.GetRawSocketOption(DeferredAccept.Level, DeferredAccept.Option, value);
        return BitConverter.ToInt32(value);
    }
}
