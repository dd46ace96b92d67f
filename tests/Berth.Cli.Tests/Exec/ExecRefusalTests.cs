using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Exec;

/// <summary>Command lines that <c>berth exec</c> refuses, each with a sentence and a code.</summary>
public sealed class ExecRefusalTests
{
    [Fact]
    public async Task No_command_is_refused() =>
        (await BerthProcess.RunAsync(Programs.Any, ExecRun.Pod(), "exec")).AssertRefused(2, "No command is given", "-- ./server");

    [Fact]
    public async Task Program_that_is_not_there_is_127()
    {
        (await ExecRun.RunAsync("no-such-server")).AssertRefused(127, "There is no program 'no-such-server' on the PATH");
        (await ExecRun.RunAsync("/no/such/server")).AssertRefused(127, "There is no program '/no/such/server'");
    }

    [Fact]
    public async Task Program_that_cannot_be_executed_is_126()
    {
        using TestFolder folder = new();
        folder.Write("server", "#!/bin/sh\n");
        (await ExecRun.RunAsync(folder["server"])).AssertRefused(126, "may not be executed", "chmod +x");
        folder.Write("text", "no program\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder["text"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await ExecRun.RunAsync(folder["text"])).AssertRefused(126, "is not a program for this machine");
    }

    [Fact]
    public async Task Placeholder_without_a_value_is_refused()
    {
        (await ExecRun.RunAsync("echo", "{port:unknown}", "{address}")).AssertRefused(
            2, "{port:unknown}: no port is named 'unknown'", "{address}: neither POD_ADDRESS nor POD_IP is set");
        (await BerthProcess.RunAsync(
            Programs.Any, ExecRun.Pod(), "exec", "--base-port", "game=4000,admin=5000", "--", "echo", "{port:gme}"))
            .AssertRefused(2, "Choose one of game, admin");
    }

    [Fact]
    public async Task Pod_without_a_port_is_refused()
    {
        Dictionary<string, string> noOrdinal = ExecRun.Pod(("POD_NAME", "game-x7k2p"));
        (await BerthProcess.RunAsync(Programs.Any, noOrdinal, "exec", "--", "echo")).AssertRefused(2, "This pod has no port");
        (await BerthProcess.RunAsync(Programs.Any, noOrdinal, "exec", "--fixed-port", ExecRun.FreeBase(), "--", "echo", "{ordinal}"))
            .AssertRefused(2, "{ordinal}: the pod's name 'game-x7k2p' has none");
        (await BerthProcess.RunAsync(Programs.Any, ExecRun.Pod(), "exec", "--base-port", "65534", "--", "echo"))
            .AssertRefused(2, "65535");
        (await BerthProcess.RunAsync(Programs.Any, null, "exec", "--", "echo")).AssertRefused(2, "POD_NAME is not set");
    }

    [Fact]
    public async Task Installation_needs_the_native_program_and_no_command()
    {
        using TestFolder folder = new();
        (await BerthProcess.RunAsync(Programs.Managed, null, "exec", "--install", folder["berth"]))
            .AssertRefused(2, "Only the native program");
        (await BerthProcess.RunAsync(Programs.Managed, null, "exec", "--install", folder["berth"], "--", "echo"))
            .AssertRefused(2, "starts no command");
    }
}
