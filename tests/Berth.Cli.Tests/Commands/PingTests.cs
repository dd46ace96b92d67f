using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

public sealed class PingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Program_answers_until_it_is_told_to_end()
    {
        int port = FreePorts.Take();
        await using BerthProcess ping = BerthProcess.Start(Programs.Managed, null, "ping", "--listen", $"127.0.0.1:{port}");
        await ping.Error.WaitForLineAsync(static line => line.Contains("Answering UDP datagrams on", StringComparison.Ordinal));
        using UdpClient client = new(new IPEndPoint(IPAddress.Loopback, 0));
        await client.SendAsync("where am I"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port), Cancelled);

        UdpReceiveResult answer = await client.ReceiveAsync(Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled);

        Assert.Equal("where am I"u8.ToArray(), answer.Buffer);
        ping.Signal(BerthProcess.Terminate);
        Assert.Equal(0, (await ping.WaitForEndAsync()).ExitCode);
        await ping.Error.WaitForLineAsync(
            static line => line.Contains("1 datagrams were answered, and 0 were not", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dispatcher_names_the_responders_of_a_list()
    {
        int port = FreePorts.Take();
        await using BerthProcess dispatch = BerthProcess.Start(
            Programs.Managed, null, "dispatch", "--target", "games/lobby", "--base-port", "4000", "--ping", "games/ping:9500",
            "--urls", $"http://127.0.0.1:{port}", "--pod", "games/lobby/lobby-0=10.88.0.10", "--pod", "games/ping/ping-0=10.88.0.11");
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        string answer = await Wait.ForAsync("GET /v1/ping", AskAsync, Cancelled);
        using JsonDocument json = JsonDocument.Parse(answer);
        Assert.Equal("10.88.0.11:9500", json.RootElement.GetProperty("responders")[0].GetProperty("authority").GetString());
        Assert.Equal("10.88.0.10:4000", await client.GetStringAsync("/", Cancelled));
        dispatch.Signal(BerthProcess.Terminate);
        Assert.Equal(0, (await dispatch.WaitForEndAsync()).ExitCode);

        async Task<string?> AskAsync(CancellationToken cancellationToken)
        {
            using HttpResponseMessage response = await client.GetAsync("/v1/ping", cancellationToken);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(cancellationToken) : null;
        }
    }

    [Theory]
    [InlineData("'9500' is not an address with a port", "ping", "--listen", "9500")]
    [InlineData("'10.1.2.3' is not an address with a port", "ping", "--listen", "10.1.2.3")]
    [InlineData("'*:0' is not an address with a port", "ping", "--listen", "*:0")]
    [InlineData("There is no address to listen on", "ping", "--listen", ",")]
    [InlineData("'games/p' names no port in 1..65535", "dispatch", "--target", "games/lobby", "--base-port", "1", "--ping", "games/p")]
    [InlineData("names no port in 1..65535", "dispatch", "--target", "games/lobby", "--base-port", "1", "--ping", "games/ping:70000")]
    [InlineData("is not of the form NAMESPACE/SERVICE", "dispatch", "--target", "games/lobby", "--base-port", "1", "--ping", "ping:9500")]
    [InlineData("is given twice", "dispatch", "--target", "games/lobby", "--base-port", "1", "--ping", "games/lobby:9500")]
    public async Task Options_that_cannot_be_used_are_refused(string words, params string[] arguments)
    {
        BerthResult result = await InProcess.RunAsync("", isPlugin: false, arguments);
        result.AssertRefused(2, words);
    }

    [Fact]
    public async Task Port_that_is_taken_is_a_sentence()
    {
        using UdpClient taken = new(new IPEndPoint(IPAddress.Loopback, 0));
        string own = taken.Client.LocalEndPoint!.ToString()!;
        BerthResult result = await InProcess.RunAsync("", isPlugin: false, "ping", "--listen", own);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"Listening on UDP {own} failed", result.Error, StringComparison.Ordinal);
    }
}
