using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

public sealed class CallTests
{
    [Fact]
    public async Task Asks_again_when_the_pod_refuses()
    {
        using TcpListener alive = new(IPAddress.Loopback, 0);
        alive.Start();
        int asked = 0;
        string dead = $"127.0.0.1:{FreePorts.Take()}";
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(
            () => Interlocked.Increment(ref asked) <= 2 ? dead : alive.LocalEndpoint.ToString()!);
        await using BerthProcess call = BerthProcess.Start(Programs.Any, null, "call", serviceA.Url, "-o", "json", "--timeout", "60s");
        using TcpClient session = await alive.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using StreamReader reader = new(session.GetStream());
        Assert.Equal("hello", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        await session.GetStream().WriteAsync("10.0.0.1:3000 hello\n"u8.ToArray(), TestContext.Current.CancellationToken);

        BerthResult result = await call.WaitForEndAsync();
        result.AssertOk();
        using JsonDocument document = JsonDocument.Parse(result.Out);
        Assert.Equal("10.0.0.1:3000 hello", document.RootElement.GetProperty("answer").GetString());
        Assert.Equal(3, document.RootElement.GetProperty("attempts").GetInt32());
        Assert.Equal(alive.LocalEndpoint.ToString(), document.RootElement.GetProperty("address").GetString());
    }

    [Fact]
    public async Task Address_of_all_interfaces_is_this_machine()
    {
        using TcpListener pod = new(IPAddress.Loopback, 0);
        pod.Start();
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(() => pod.LocalEndpoint.ToString()!);
        await using BerthProcess call = BerthProcess.Start(
            Programs.Any, null, "call", serviceA.Url.Replace("127.0.0.1", "0.0.0.0", StringComparison.Ordinal), "--timeout", "60s");
        using TcpClient session = await pod.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using StreamReader reader = new(session.GetStream());
        await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        await session.GetStream().WriteAsync("10.0.0.1:3000 hello\n"u8.ToArray(), TestContext.Current.CancellationToken);

        (await call.WaitForEndAsync()).AssertOk();
    }

    [Theory]
    [InlineData("json", "\"host\":\"lobby-0.play.example.com:3000\"")]
    [InlineData("text", ", lobby-0.play.example.com:3000 (")]
    public async Task Host_name_of_the_pod_is_shown_beside_its_address(string format, string shown)
    {
        using TcpListener pod = new(IPAddress.Loopback, 0);
        pod.Start();
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(
            () => pod.LocalEndpoint.ToString()!, host: "lobby-0.play.example.com:3000");
        await using BerthProcess call = BerthProcess.Start(
            Programs.Managed, null, "call", serviceA.Url, "-o", format, "--timeout", "60s");
        using TcpClient session = await pod.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using StreamReader reader = new(session.GetStream());
        await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        await session.GetStream().WriteAsync("10.0.0.1:3000 hello\n"u8.ToArray(), TestContext.Current.CancellationToken);

        BerthResult result = await call.WaitForEndAsync();

        result.AssertOk();
        Assert.Contains(shown, result.Out, StringComparison.Ordinal);
        Assert.Contains(pod.LocalEndpoint.ToString()!, result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_up_in_time_when_every_pod_refuses()
    {
        string dead = $"127.0.0.1:{FreePorts.Take()}";
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(() => dead);
        await TimedRun.AssertRefusedAsync(
            timeout => BerthProcess.RunAnyAsync("call", serviceA.Url, "--timeout", timeout),
            timeout => [$"The pod at {dead} did not answer, and nothing else did within {timeout}"]);
    }

    [Fact]
    public async Task An_empty_answer_is_exit_code_1()
    {
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(static () => "");
        (await BerthProcess.RunAnyAsync("call", serviceA.Url)).AssertRefused(1, "has no pod to send a client to");
    }

    [Fact]
    public async Task A_service_A_without_a_list_is_asked_until_the_time_is_over()
    {
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(static () => "not yet", 503);
        await TimedRun.AssertRefusedAsync(
            timeout => BerthProcess.RunAnyAsync("call", serviceA.Url, "--timeout", timeout), static _ => ["has no list of pods yet"]);
    }

    [Theory]
    [InlineData("<html>a login page</html>", 200, "which is not ip:port")]
    [InlineData("127.0.0.1", 200, "which is not ip:port")]
    [InlineData("nothing here", 404, "status 404")]
    public async Task Something_else_than_service_A_is_exit_code_2(string answer, int status, string sentence)
    {
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(() => answer, status);
        (await BerthProcess.RunAnyAsync("call", serviceA.Url)).AssertRefused(2, "is not service A", sentence);
    }

    [Fact]
    public async Task Makes_as_many_calls_as_asked_for()
    {
        int port = FreePorts.Take();
        Dictionary<string, string> pod = new()
        {
            ["POD_NAME"] = "service-b-0",
            ["BERTH_BASE_PORT"] = port.ToString(CultureInfo.InvariantCulture),
        };
        await using BerthProcess echo = BerthProcess.Start(Programs.Any, pod, "echo");
        await echo.Error.WaitForLineAsync(static line => line.Contains("Listening on", StringComparison.Ordinal));
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(() => $"127.0.0.1:{port}");
        BerthResult result = await BerthProcess.RunAnyAsync(
            "call", serviceA.Url, "two\nlines", "--count", "3", "-o", "json", "--timeout", "60s");
        result.AssertOk();
        string[] lines = result.Out.Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.All(
            lines,
            line =>
                Assert.Equal(
                    $"127.0.0.1:{port} two\n127.0.0.1:{port} lines",
                    JsonDocument.Parse(line).RootElement.GetProperty("answer").GetString()));
    }
}
