using System.Globalization;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Commands;

/// <summary>Service B as a process, its probe, and the client, with a service A of the test's own.</summary>
public sealed class EchoTests
{
    [Theory]
    [MemberData(nameof(Programs.All), MemberType = typeof(Programs))]
    public async Task Echo_answers_probe_and_call_and_ends_on_SIGTERM(string form)
    {
        int portBase = FreePorts.Take(2);
        string text = portBase.ToString(CultureInfo.InvariantCulture);
        Dictionary<string, string> pod = new() { ["POD_NAME"] = "service-b-1", ["BERTH_BASE_PORT"] = text, ["BERTH_DRAIN"] = "0" };
        Assert.Equal(1, (await BerthProcess.RunAsync(form, pod, "probe")).ExitCode);

        await using BerthProcess echo = BerthProcess.Start(form, pod, "echo");
        await echo.Error.WaitForLineAsync(static line => line.Contains("Listening on", StringComparison.Ordinal));
        (await BerthProcess.RunAsync(form, pod, "probe", "--timeout", "60s")).AssertOk();

        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{portBase + 1}");
        await using FakeServiceA serviceA = await FakeServiceA.StartAsync(() => address);
        BerthResult call = await BerthProcess.RunAsync(form, null, "call", serviceA.Url, "good morning", "--timeout", "60s");
        call.AssertOk();
        Assert.Matches($@"(?m)^service A: {address} \([0-9.]+ ms\)$", call.Out);
        Assert.Matches($@"(?m)^service B: {address} good morning \([0-9.]+ ms\)$", call.Out);

        BerthResult taken = await BerthProcess.RunAsync(form, pod, "echo");
        taken.AssertRefused(2, "in use by another program");

        // Another StatefulSet with the same port plan: its probe reaches this listener, and must not take it for its own.
        Dictionary<string, string> other = new(pod) { ["POD_NAME"] = "other-1" };
        BerthResult stranger = await BerthProcess.RunAsync(form, other, "probe", "--timeout", "60s");
        Assert.Equal(1, stranger.ExitCode);
        Assert.Contains("of pod service-b-1 listens there, not other-1", stranger.Error, StringComparison.Ordinal);
        (await BerthProcess.RunAsync(form, other, "probe", "--owner", "any", "--timeout", "60s")).AssertOk();
        (await BerthProcess.RunAsync(form, other, "echo")).AssertRefused(2, "of pod service-b-1 holds it");

        echo.Signal(BerthProcess.Terminate);
        (await echo.WaitForEndAsync()).AssertOk();
        Assert.Equal(1, (await BerthProcess.RunAsync(form, pod, "probe")).ExitCode);
    }

    [Fact]
    public async Task Logs_json_lines_to_stderr()
    {
        Dictionary<string, string> pod = new() { ["POD_NAME"] = "service-b-0" };
        await using BerthProcess echo = BerthProcess.Start(
            Programs.Any, pod, "echo", "--base-port", FreePorts.Take().ToString(CultureInfo.InvariantCulture), "--log-format", "json",
            "--bind", "127.0.0.1");
        string line = await echo.Error.WaitForLineAsync(static line => line.Contains("Listening on", StringComparison.Ordinal));
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(line);
        Assert.Equal("Berth.Echo", document.RootElement.GetProperty("Category").GetString());
        echo.Signal(echo.InterruptOrTerminate());
        BerthResult result = await echo.WaitForEndAsync();
        result.AssertOk();
        Assert.Empty(result.Out);
    }
}
