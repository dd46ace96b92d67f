using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Exec;

/// <summary><c>berth exec</c> over real processes.</summary>
public sealed class ExecTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Placeholders_and_variables_name_this_pod()
    {
        int main = FreePorts.Take(3);
        int admin = FreePorts.Take(3);
        BerthResult result = await BerthProcess.RunAsync(
            Programs.Any,
            ExecRun.Pod(("POD_IP", "10.0.0.7"), ("BERTH_POD_ADDRESS", "of another life")),
            "exec", "--base-port", $"game={main},admin-api={admin}", "--", "sh", "-c",
            "for each in \"$@\"; do echo \"$each\"; done; env | grep ^BERTH_POD_ | LC_ALL=C sort", "sh",
            "--port={port}", "{port:game}", "{port:admin-api}", "{ordinal} {name} {namespace}", "{address}:{port}",
            "{{port}} {\"a\":{}} ${port}");
        result.AssertOk();
        Assert.Equal(
            [
                $"--port={main + 2}", $"{main + 2}", $"{admin + 2}", "2 game-2 games", $"10.0.0.7:{main + 2}",
                $"{{port}} {{\"a\":{{}}}} ${main + 2}", "BERTH_POD_ADDRESS=10.0.0.7", "BERTH_POD_ORDINAL=2", $"BERTH_POD_PORT={main + 2}",
                $"BERTH_POD_PORT_ADMIN_API={admin + 2}", $"BERTH_POD_PORT_GAME={main + 2}",
            ],
            result.Out.Split('\n'));
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("exit 0", 0)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("kill -PIPE $$", 141)]
    public async Task Exit_code_is_that_of_the_server(string script, int code) =>
        Assert.Equal(code, (await ExecRun.RunAsync("sh", "-c", script)).ExitCode);

    [Fact]
    public async Task Signals_are_sent_on_and_the_server_decides()
    {
        using TestFolder folder = new();
        const string Traps = "for s in HUP USR1 USR2 QUIT WINCH INT; do trap \"echo got $s\" $s; done; trap 'exit 3' TERM; ";
        await using BerthProcess process = ExecRun.Start(ExecRun.FreeBase(), "sh", "-c", Traps + ExecRun.WaitingShell, folder["pipe"]);
        await process.Out.WaitForLineAsync(static line => line == "ready");
        List<(int Number, string Name)> signals = [(1, "HUP"), (10, "USR1"), (12, "USR2"), (3, "QUIT"), (28, "WINCH")];
        if (process.InterruptOrTerminate() == BerthProcess.Interrupt)
            signals.Add((BerthProcess.Interrupt, "INT"));
        foreach ((int number, string name) in signals)
        {
            process.Signal(number);
            await ExecRun.WakeUntilAsync(
                folder["pipe"], () => process.Out.Text.Split('\n').Contains("got " + name), $"the signal {name}");
        }

        process.Signal(BerthProcess.Terminate);
        Assert.Equal(3, (await ExecRun.WaitForEndAsync(process, folder["pipe"])).ExitCode);
    }

    [Fact]
    public async Task Orphans_are_taken_when_they_end()
    {
        using TestFolder folder = new();
        string script = "mkfifo $1; (sh -c 'echo orphan $$; read x < $0' $1 &); " + ExecRun.WaitingShell;
        await using BerthProcess process = ExecRun.Start(ExecRun.FreeBase(), "sh", "-c", script, folder["pipe"], folder["end"]);
        string line = await process.Out.WaitForLineAsync(static line => line.StartsWith("orphan ", StringComparison.Ordinal));
        int orphan = int.Parse(line["orphan ".Length..], CultureInfo.InvariantCulture);
        await process.Out.WaitForLineAsync(static line => line == "ready");
        await Wait.ForAsync(
            "the orphan to be a child of berth exec",
            async token =>
            {
                string status = await File.ReadAllTextAsync($"/proc/{orphan}/status", token);
                return status.Contains($"PPid:\t{process.Id}\n", StringComparison.Ordinal) ? "" : null;
            },
            Cancelled);
        await File.WriteAllTextAsync(folder["end"], "\n", Cancelled);
        // A process that nothing waited for would stay as a zombie, which a signal still finds.
        await Wait.ForAsync(
            "the orphan to be gone", _ => Task.FromResult(ProcessSignals.IsThere(orphan) ? null : ""), Cancelled);
        process.Signal(BerthProcess.Terminate);
        Assert.Equal(143, (await process.WaitForEndAsync()).ExitCode);
    }

    [Fact]
    public async Task Server_has_the_signals_of_a_fresh_process()
    {
        BerthResult result = await ExecRun.RunAsync("grep", "-E", "^Sig(Ign|Blk):", "/proc/self/status");
        result.AssertOk();
        // glibc's own signals, 32 and 33, are ignored in every process that it spawns.
        Assert.All(result.Out.Split('\n'), static line =>
        {
            ulong signals = ulong.Parse(line.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            Assert.Equal(0UL, signals & 0x7FFFFFFF);
        });
    }

    [Fact]
    public async Task Taken_port_is_reported_with_the_process_that_holds_it()
    {
        string basePort = ExecRun.FreeBase();
        using TcpListener holder = new(IPAddress.Loopback, ExecRun.PortOf(basePort));
        holder.Start();
        await using BerthProcess process = ExecRun.Start(basePort, "touch", "/nothing");
        (await process.WaitForEndAsync()).AssertRefused(
            2, $"The port {ExecRun.PortOf(basePort)} ", $"process {Environment.ProcessId} holds it", "choose another base port");
    }

    [Fact]
    public async Task Server_answers_its_clients_and_the_probe_of_its_pod()
    {
        string basePort = ExecRun.FreeBase();
        string program = Path.Combine(AppContext.BaseDirectory, "Berth.Cli.dll");
        await using BerthProcess process = ExecRun.Start(basePort, "dotnet", program, "echo", "--fixed-port", "{port}", "--drain", "0");
        await process.Error.WaitForLineAsync(static line => line.Contains("istening", StringComparison.Ordinal));
        BerthResult probe = await BerthProcess.RunAsync(
            Programs.Any, ExecRun.Pod(), "probe", "--base-port", basePort, "--timeout", "60s");
        probe.AssertOk();
        process.Signal(BerthProcess.Terminate);
        (await process.WaitForEndAsync()).AssertOk();
    }

    [Fact]
    public async Task Desk_of_an_idle_pod_holds_up_no_end()
    {
        using TestFolder folder = new();
        folder.Write("keys", "k1=" + Convert.ToBase64String(new byte[32]) + "\n");
        int desk = FreePorts.Take(3);
        await using BerthProcess process = BerthProcess.Start(
            Programs.Any, ExecRun.Pod(), "exec", "--base-port", ExecRun.FreeBase(), "--seats", "2", "--seat-keys", folder["keys"],
            "--desk-base-port", ExecRun.Text(desk), "--", "sh", "-c", "echo $BERTH_POD_DESK; " + ExecRun.WaitingShell, folder["pipe"]);
        await process.Out.WaitForLineAsync(static line => line == "ready");
        Assert.StartsWith($"http://127.0.0.1:{desk + 2}\n", process.Out.Text, StringComparison.Ordinal);
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, desk + 2, Cancelled);
        process.Signal(BerthProcess.Terminate);
        Assert.Equal(143, (await process.WaitForEndAsync()).ExitCode);
    }
}
