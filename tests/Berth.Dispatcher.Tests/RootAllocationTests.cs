using System.Net;
using System.Net.Sockets;

namespace Berth.Dispatcher.Tests;

/// <summary>Measures the allocation of the whole process, so nothing else may run.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("Alone")]
public sealed class RootAllocationTests
{
    [Fact]
    public async Task A_request_over_a_kept_connection_allocates_next_to_nothing()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, fixture.Client.BaseAddress!.Port);
        byte[] buffer = new byte[4096];
        // Long enough for the compiler to have done its last work.
        Ask(socket, buffer, 20_000);

        const int Requests = 5_000;
        long least = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Ask(socket, buffer, Requests);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{(double)least / Requests:0.0} bytes a request");
        // Kestrel itself makes the Date header once a second and little else; one small object of ours in each request would show.
        Assert.True(least < Requests * 24L, $"{Requests} requests allocated {least} bytes.");
    }

    private static void Ask(Socket socket, byte[] buffer, int requests)
    {
        ReadOnlySpan<byte> request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8;
        for (int i = 0; i < requests; i++)
        {
            socket.Send(request);
            int read = 0;
            // The answers differ in one digit only, so all end alike.
            while (!EndsWithAnswer(buffer.AsSpan(0, read)))
                read += socket.Receive(buffer.AsSpan(read));
        }
    }

    private static bool EndsWithAnswer(ReadOnlySpan<byte> answer) => answer.Length > 16 && answer[..^1].EndsWith("10.88.0.10:300"u8);
}
