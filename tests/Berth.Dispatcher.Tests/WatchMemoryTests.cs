using System.Net;
using System.Net.Sockets;

namespace Berth.Dispatcher.Tests;

[Collection("Alone")]
public sealed class WatchMemoryTests
{
    [Fact]
    public async Task A_watching_client_holds_little_of_the_heap()
    {
        const int Clients = 500;
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        List<Socket> warm = Open(fixture, 20);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        List<Socket> sockets = Open(fixture, Clients);
        // Kestrel lets go of a request when its head has been sent, which may be a moment after the client has it.
        long each = long.MaxValue;
        for (int i = 0; i < 10 && each > Bound; i++)
            each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Clients;

        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes a client, its own socket included");
        Assert.True(each < Bound, $"{Clients} clients hold {each} bytes each.");
        foreach (Socket socket in sockets.Concat(warm))
            socket.Dispose();
    }

    // About 4,950 of the server's and 200 of the client's here; with a request of Kestrel's held on to it would be 8,700.
    private const int Bound = 6_500;

    private static List<Socket> Open(DispatcherFixture fixture, int count)
    {
        List<Socket> sockets = [];
        byte[] buffer = new byte[8 * 1024];
        for (int i = 0; i < count; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);
            socket.Connect(IPAddress.Loopback, fixture.Client.BaseAddress!.Port);
            socket.Send("GET /v1/watch/k8s-example2/service-b HTTP/1.1\r\nHost: a\r\n\r\n"u8);
            int read = 0;
            while (buffer.AsSpan(0, read).IndexOf("portClashes"u8) < 0)
                read += socket.Receive(buffer.AsSpan(read));
        }

        return sockets;
    }
}
