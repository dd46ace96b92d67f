using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dispatcher.Tests;

public sealed class StartTests
{
    private static readonly DispatcherTarget s_target = new(DispatcherFixture.B, DispatcherFixture.Ports);

    [Fact]
    public async Task A_taken_port_is_one_sentence()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        string url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}";

        string message = await FaultAsync(new DispatcherOptions { Targets = [s_target], Urls = ["http://127.0.0.1:0", url] });

        Assert.Equal($"{url} is in use by another program. Stop that one, or choose another port with --urls.", message);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_one_sentence()
    {
        string message = await FaultAsync(new DispatcherOptions { Targets = [s_target], Urls = ["http://192.0.2.1:0"] });

        Assert.StartsWith("Listening on http://192.0.2.1:0 failed:", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public async Task Broken_logger_ends_neither_the_start_nor_the_server()
    {
        ThrowingLogger broken = new();
        await using EndpointDirectory directory = new(new PushableSource());
        using Meter meter = new("Berth");
        DispatcherOptions options = new() { Targets = [s_target], Urls = ["http://127.0.0.1:0"] };
        DispatcherServer server = await DispatcherServer.StartAsync(
            directory, options, broken, TimeProvider.System, meter, DispatcherFixture.Cancelled);
        using HttpClient client = new();
        for (int i = 0; i < 3; i++)
            Assert.Equal("ok\n", await client.GetStringAsync($"{server.Addresses[0]}/healthz", DispatcherFixture.Cancelled));
        await server.DisposeAsync();
        Assert.True(broken.Calls >= 3, $"{broken.Calls} messages");
    }

    [Fact]
    public async Task All_bad_options_are_named_in_one_message()
    {
        string message = await FaultAsync(new DispatcherOptions
        {
            Targets = [s_target, s_target],
            Picker = null!,
            Urls =
            [
                "https://127.0.0.1:8000", "127.0.0.1:8000", "http://127.0.0.1", "http://somewhere:8000", "http://127.0.0.1:70000",
                "http://::1:8000", "http://localhost:0"
            ],
            ShutdownDelay = TimeSpan.FromSeconds(-1),
            ShutdownGrace = TimeSpan.FromHours(1),
            KeepAliveTimeout = TimeSpan.Zero,
            MaxConnections = 0,
        });

        string[] parts =
        [
            "k8s-example2/service-b is given twice", "Picker is null. Give a value",
            "'https://127.0.0.1:8000' needs TLS, and there is no certificate",
            "'127.0.0.1:8000' does not start with http://",
            "'http://127.0.0.1' has no port", "the host 'somewhere'", "the port '70000'", "the host '::1'", "any free port on localhost",
            "ShutdownDelay is -00:00:01. Give a duration from 00:00:00 to 00:10:00.", "ShutdownGrace is 01:00:00. Give a duration from",
            "KeepAliveTimeout is 00:00:00. Give a duration from 00:00:01 to 01:00:00.", "MaxConnections is 0. Give 1 to 2147483647.",
        ];
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_target_and_no_address_are_named() =>
        Assert.Equal(
            "There is no target. Give at least one as NAMESPACE/SERVICE, such as k8s-example2/service-b. There is no address to listen " +
            "on. Give at least one, such as http://*:8000.",
            await FaultAsync(new DispatcherOptions { Urls = [] }));

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:0")]
    [InlineData("http://*:0")]
    public async Task Server_listens_on_the_given_addresses(string url)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !url.Contains('[', StringComparison.Ordinal), "This machine has no IPv6.");
        await using EndpointDirectory directory = new(new PushableSource());
        using Meter meter = new("Berth");
        DispatcherOptions options = new() { Targets = [s_target], Urls = [url] };
        await using DispatcherServer server = await DispatcherServer.StartAsync(
            directory, options, NullLoggerFactory.Instance, TimeProvider.System, meter, DispatcherFixture.Cancelled);

        int port = int.Parse(Assert.Single(server.Addresses).Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotEqual(0, port);
        using HttpClient client = new();
        string[] hosts = url.Contains('*', StringComparison.Ordinal) && Socket.OSSupportsIPv6
            ? ["127.0.0.1", "[::1]"]
            : [url.Contains('[', StringComparison.Ordinal) ? "[::1]" : "127.0.0.1"];
        foreach (string host in hosts)
            Assert.Equal("ok\n", await client.GetStringAsync($"http://{host}:{port}/healthz", DispatcherFixture.Cancelled));
    }

    private static async Task<string> FaultAsync(DispatcherOptions options)
    {
        await using EndpointDirectory directory = new(new PushableSource());
        using Meter meter = new("Berth");
        DispatcherStartException exception = await Assert.ThrowsAsync<DispatcherStartException>(
            () =>
                DispatcherServer.StartAsync(
                    directory, options, NullLoggerFactory.Instance, TimeProvider.System, meter, DispatcherFixture.Cancelled));
        return exception.Message;
    }
}
