using System.Net;
using System.Net.Sockets;
using Berth.Dispatcher.FirstLook;

namespace Berth.Dispatcher.Tests.FirstLook;

/// <summary>The socket of an accepted number, beside the one of the public constructor, which asks the system.</summary>
public sealed class ConnectedSocketTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task It_has_the_properties_that_the_system_states(string address)
    {
        Assert.SkipUnless(LinuxCalls.IsSupported, "The first look is for Linux.");
        using Socket listener = Listen(IPAddress.Parse(address));
        using Socket client = await ConnectAsync(listener);
        int file = Accept(listener);

        // Called directly: a .NET without this member must be noticed here, and not fall back unseen.
        using Socket socket = ConnectedSocket.CreateAcceptSocket(listener, new SafeSocketHandle(file, ownsHandle: true), null);

        using Socket asked = new(new SafeSocketHandle(file, ownsHandle: false));
        Assert.Equal(
            (asked.AddressFamily, asked.SocketType, asked.ProtocolType, asked.Connected, asked.LocalEndPoint, asked.RemoteEndPoint),
            (socket.AddressFamily, socket.SocketType, socket.ProtocolType, socket.Connected, socket.LocalEndPoint, socket.RemoteEndPoint));
        Assert.Equal(client.LocalEndPoint, socket.RemoteEndPoint);
        Assert.Equal(asked.IsBound, socket.IsBound);
    }

    [Fact]
    public async Task It_works_after_its_listener_has_ended_and_ends_with_its_handle()
    {
        Assert.SkipUnless(LinuxCalls.IsSupported, "The first look is for Linux.");
        Socket listener = Listen(IPAddress.Loopback);
        using Socket client = await ConnectAsync(listener);
        int file = Accept(listener);
        listener.Dispose();

        Socket socket = ConnectedSocket.Create(listener, new SafeSocketHandle(file, ownsHandle: true));

        byte[] one = new byte[1];
        await client.SendAsync(new byte[] { 7 }, Cancelled);
        Assert.Equal(1, await socket.ReceiveAsync(one, Cancelled));
        Assert.Equal(7, one[0]);
        await socket.SendAsync(new byte[] { 8 }, Cancelled);
        Assert.Equal(1, await client.ReceiveAsync(one, Cancelled));
        Assert.Equal(8, one[0]);
        socket.Dispose();
        Assert.Equal(0, await client.ReceiveAsync(one, Cancelled));
    }

    private static Socket Listen(IPAddress address)
    {
        Socket listener = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        return listener;
    }

    private static async Task<Socket> ConnectAsync(Socket listener)
    {
        Socket client = new(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!, Cancelled);
        return client;
    }

    private static unsafe int Accept(Socket listener)
    {
        int file = LinuxCalls.Accept((int)listener.SafeHandle.DangerousGetHandle(), null, null, LinuxCalls.NonBlockingAndOwn);
        Assert.True(file >= 0, $"accept4 failed with error {LinuxCalls.LastError}.");
        return file;
    }
}
