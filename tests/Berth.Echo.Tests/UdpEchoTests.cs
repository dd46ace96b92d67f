using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.TestKit;

namespace Berth.Echo.Tests;

public sealed class UdpEchoTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    [InlineData("::1")]
    public async Task A_datagram_is_answered_from_the_address_it_was_sent_to(string address)
    {
        IPAddress ip = IPAddress.Parse(address);
        Assert.SkipUnless(ip.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6, "This machine has no IPv6.");
        Assert.SkipUnless(address != "127.0.0.2" || OperatingSystem.IsLinux(), "Only Linux has all of 127.0.0.0/8 on its loopback.");
        await using EchoFixture echo = EchoFixture.Start();
        using Socket client = new(ip.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        client.Bind(new IPEndPoint(ip.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0));

        IPEndPoint server = new(ip, echo.Port);
        await client.SendToAsync(Encoding.UTF8.GetBytes("hello"), server, EchoFixture.Cancelled);
        byte[] buffer = new byte[100];
        SocketReceiveFromResult answer = await client
            .ReceiveFromAsync(
                buffer, new IPEndPoint(ip.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0),
                EchoFixture.Cancelled)
            .AsTask().WaitAsync(Wait.Limit, EchoFixture.Cancelled);

        Assert.Equal($"{server} hello", Encoding.UTF8.GetString(buffer, 0, answer.ReceivedBytes));
        Assert.Equal(server, answer.RemoteEndPoint);
    }

    [Fact]
    public async Task An_empty_datagram_and_a_large_one_are_answered()
    {
        await using EchoFixture echo = EchoFixture.Start();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(IPAddress.Loopback, echo.Port, EchoFixture.Cancelled);
        foreach (int length in (int[])[0, 60_000])
        {
            await client.SendAsync(new byte[length], EchoFixture.Cancelled);
            byte[] buffer = new byte[65_535];
            int got = await client.ReceiveAsync(buffer, EchoFixture.Cancelled)
                .AsTask().WaitAsync(Wait.Limit, EchoFixture.Cancelled);
            Assert.Equal($"127.0.0.1:{echo.Port} ".Length + length, got);
        }
    }

    [Fact]
    public async Task Gone_UDP_client_does_not_stop_answers_to_others()
    {
        await using EchoFixture echo = EchoFixture.Start();
        for (int i = 0; i < 10; i++)
        {
            using Socket gone = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            await gone.SendToAsync(Encoding.UTF8.GetBytes("x"), new IPEndPoint(IPAddress.Loopback, echo.Port), EchoFixture.Cancelled);
        }

        using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(IPAddress.Loopback, echo.Port, EchoFixture.Cancelled);
        await client.SendAsync(Encoding.UTF8.GetBytes("still there?"), EchoFixture.Cancelled);
        byte[] buffer = new byte[100];
        int got = await client.ReceiveAsync(buffer, EchoFixture.Cancelled)
            .AsTask().WaitAsync(Wait.Limit, EchoFixture.Cancelled);
        Assert.Equal($"127.0.0.1:{echo.Port} still there?", Encoding.UTF8.GetString(buffer, 0, got));
    }

    [Fact]
    public async Task A_bound_address_answers_as_itself()
    {
        await using EchoFixture echo = EchoFixture.Start(static port => new EchoOptions { Port = port, BindAddress = IPAddress.Loopback });
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(IPAddress.Loopback, echo.Port, EchoFixture.Cancelled);
        await client.SendAsync(Encoding.UTF8.GetBytes("hi"), EchoFixture.Cancelled);
        byte[] buffer = new byte[100];
        int got = await client.ReceiveAsync(buffer, EchoFixture.Cancelled)
            .AsTask().WaitAsync(Wait.Limit, EchoFixture.Cancelled);
        Assert.Equal($"127.0.0.1:{echo.Port} hi", Encoding.UTF8.GetString(buffer, 0, got));
    }
}
