using System.Net;
using System.Net.Sockets;
using Berth.TestKit;

namespace Berth.LocalCluster.Runtime;

/// <summary>Ports that fail for a time: they try again, and one message says so.</summary>
public sealed class PortLoopTests
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Step_that_fails_is_reported_once_and_repeated_after_100_ms()
    {
        TestClock time = new();
        Queue<string> results = new(["fails", "fails", "succeeds", "fails"]);
        List<string> failures = [];
        using CancellationTokenSource closing = new();
        Task loop = PortLoop.RunAsync(
            closed =>
            {
                if (!results.TryDequeue(out string? result))
                    return Task.Delay(Timeout.InfiniteTimeSpan, time, closed);
                return result == "succeeds" ? Task.CompletedTask : throw new SocketException((int)SocketError.TooManyOpenSockets);
            },
            exception => failures.Add($"{((SocketException)exception).SocketErrorCode}, {results.Count} left"),
            time,
            closing.Token);
        for (int failure = 0; failure < 3; failure++)
        {
            await time.WaitForTimerAsync(static due => due == s_retry, TestCluster.Token);
            time.Advance(s_retry);
        }

        Assert.Empty(results);
        Assert.Equal(["TooManyOpenSockets, 3 left", "TooManyOpenSockets, 0 left"], failures);
        Assert.False(loop.IsCompleted);
        await closing.CancelAsync();
        await loop.WaitAsync(Wait.Limit, TestCluster.Token);
    }

    [Fact]
    public async Task Port_that_could_not_accept_accepts_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a listener cannot listen again after its shutdown.");
        TestClock time = new();
        TaskCompletionSource<Exception> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<Socket> taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await using TcpPort port = new(listener, taken.SetResult, failed.SetResult, time);

        // After a shutdown every accept(2) fails until the socket listens again, as with too many open files until some are closed.
        listener.Shutdown(SocketShutdown.Both);
        Assert.IsType<SocketException>(await failed.Task.WaitAsync(Wait.Limit, TestCluster.Token));
        listener.Listen();
        await time.WaitForTimerAsync(static due => due == s_retry, TestCluster.Token);
        time.Advance(s_retry);

        using TcpClient client = new(AddressFamily.InterNetwork);
        await client.ConnectAsync((IPEndPoint)listener.LocalEndPoint!, TestCluster.Token);
        using Socket served = await taken.Task.WaitAsync(Wait.Limit, TestCluster.Token);
        Assert.Equal(client.Client.LocalEndPoint, served.RemoteEndPoint);
    }

    [Fact]
    public async Task Port_is_free_for_another_as_soon_as_it_is_closed()
    {
        IPEndPoint at = new(IPAddress.Loopback, FreePorts.Take());
        static void Unexpected(Exception exception) => Assert.Fail(exception.ToString());
        TcpPort tcp = new(Listen(), static client => client.Dispose(), Unexpected, TimeProvider.System);
        UdpRelay udp = new(at, static () => null, Unexpected, TimeProvider.System);

        Task ending = Task.WhenAll(tcp.DisposeAsync().AsTask(), udp.DisposeAsync().AsTask());
        using Socket next = Listen();
        await using UdpRelay nextUdp = new(at, static () => null, Unexpected, TimeProvider.System);

        await ending.WaitAsync(Wait.Limit, TestCluster.Token);

        Socket Listen()
        {
            Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(at);
            listener.Listen();
            return listener;
        }
    }

    [Fact]
    public async Task Datagrams_pass_again_after_the_choice_of_an_endpoint_failed()
    {
        TestClock time = new();
        using UdpClient backend = new(new IPEndPoint(IPAddress.Loopback, 0));
        IPEndPoint at = new(IPAddress.Loopback, FreePorts.Take());
        int choices = 0;
        IPEndPoint Choose() => choices++ == 0
            ? throw new FormatException("An endpoint has no address.")
            : (IPEndPoint)backend.Client.LocalEndPoint!;
        List<string> failures = [];
        await using UdpRelay relay = new(at, Choose, exception => failures.Add(exception.Message), time);
        using UdpClient client = new(new IPEndPoint(IPAddress.Loopback, 0));

        await client.SendAsync("lost"u8.ToArray(), at, TestCluster.Token);
        await time.WaitForTimerAsync(static due => due == s_retry, TestCluster.Token);
        Assert.Equal(["An endpoint has no address."], failures);
        await client.SendAsync("passed"u8.ToArray(), at, TestCluster.Token);
        time.Advance(s_retry);

        UdpReceiveResult received = await backend.ReceiveAsync(TestCluster.Token).AsTask().WaitAsync(Wait.Limit, TestCluster.Token);
        Assert.Equal("passed"u8.ToArray(), received.Buffer);
    }
}
