using System.Net;
using System.Net.Sockets;
using Berth.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Echo.Tests;

public sealed class PortProbeTests
{
    [Fact]
    public async Task A_port_that_accepts_has_no_fault_and_the_session_ends_at_once()
    {
        RecordingLogger logger = new() { MinLevel = LogLevel.Debug };
        await using EchoFixture echo = EchoFixture.Start(logger: logger);

        Assert.Null(
            await PortProbe.FindFaultAsync("127.0.0.1", echo.Port, Wait.Limit, TimeProvider.System, EchoFixture.Cancelled));
        Assert.Null(
            await PortProbe.FindFaultAsync("localhost", echo.Port, Wait.Limit, TimeProvider.System, EchoFixture.Cancelled));

        // A probe is no client: it is not among the connections that a person sees.
        await logger.WaitForAsync("left without a byte", EchoFixture.Cancelled);
        Assert.DoesNotContain(logger.Texts, static l => l.Contains(" connected to ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_closed_port_is_a_sentence()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)bound.LocalEndPoint!).Port;

        string? fault = await PortProbe.FindFaultAsync(
            "127.0.0.1", port, Wait.Limit, TimeProvider.System, EchoFixture.Cancelled);

        Assert.StartsWith($"127.0.0.1:{port} does not accept:", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_never_answers_is_given_up_at_the_timeout()
    {
        using Socket full = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        IPEndPoint address = (IPEndPoint)full.LocalEndPoint!;
        FakeTimeProvider time = new();
        List<Task<string?>> probes = [];
        // A queue of length 0 still takes one or two; later probes never end.
        List<Socket> waiting = [];
        for (int i = 0; i < 4; i++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            waiting.Add(socket);
            _ = socket.ConnectAsync(address, EchoFixture.Cancelled).AsTask().ContinueWith(static t => t.Exception, TaskScheduler.Default);
        }

        probes.Add(PortProbe.FindFaultAsync("127.0.0.1", address.Port, TimeSpan.FromSeconds(1), time, EchoFixture.Cancelled));
        Assert.SkipWhen(probes[0].IsCompleted, "This system's queue takes more connections than it was told.");
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal($"127.0.0.1:{address.Port} did not accept within 1 s.", await probes[0]);
        waiting.ForEach(static s => s.Dispose());
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_a_sentence()
    {
        string? fault = await PortProbe.FindFaultAsync(
            "no-such-host.invalid", 3000, Wait.Limit, TimeProvider.System, EchoFixture.Cancelled);

        Assert.StartsWith("no-such-host.invalid:3000 ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(65536, 1)]
    [InlineData(3000, 0)]
    public async Task A_port_or_a_timeout_outside_its_range_is_refused(int port, int seconds) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => PortProbe.FindFaultAsync("127.0.0.1", port, TimeSpan.FromSeconds(seconds), TimeProvider.System, EchoFixture.Cancelled));
}
