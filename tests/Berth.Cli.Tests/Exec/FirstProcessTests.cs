using System.Diagnostics;
using System.Globalization;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Exec;

/// <summary><c>berth exec</c> as process 1 of a new PID namespace, as in a container.</summary>
public sealed class FirstProcessTests
{
    private const string Unshare = "unshare";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_1_takes_orphans_sends_signals_on_and_ends_with_the_code()
    {
        await RequireAsync();
        using TestFolder folder = new();
        // The orphan's own parent ends first, so it becomes a child of process 1. Where nothing takes it, it stays as a zombie.
        const string Script = """
            mkfifo $1 $2; exec 3<>$1 4<>$2
            trap 'echo got HUP' HUP; trap 'exit 3' TERM
            (sh -c 'echo orphan $$; read x <&4; exit 0' &)
            echo first $PPID
            echo ready
            while :; do read x <&3; done
            """;
        using Process process = Start(
            "exec", "--base-port", ExecRun.FreeBase(), "--", "sh", "-c", Script, "sh", folder["pipe"], folder["end"]);
        LineLog output = new(process.StandardOutput);
        LineLog error = new(process.StandardError);
        try
        {
            string orphan = await output.WaitForLineAsync(static line => line.StartsWith("orphan ", StringComparison.Ordinal));
            await output.WaitForLineAsync(static line => line == "first 1");
            await output.WaitForLineAsync(static line => line == "ready");
            // Signals from outside reach process 1 of a namespace only if it has a handler for them.
            int first = Assert.Single(
                ChildProcesses.Below(process.Id), static id => InnerIdOf(id) == 1);
            ProcessSignals.Send(first, 1);
            await ExecRun.WakeUntilAsync(folder["pipe"], () => output.Text.Split('\n').Contains("got HUP"), "the trap of HUP");

            int inner = int.Parse(orphan["orphan ".Length..], CultureInfo.InvariantCulture);
            int outer = ChildProcesses.Below(first).Single(id => InnerIdOf(id) == inner);
            Assert.Contains($"PPid:\t{first}\n", StatusOf(outer), StringComparison.Ordinal);
            await File.WriteAllTextAsync(folder["end"], "\n", Cancelled);
            await Wait.ForAsync("the orphan to be gone", _ => Task.FromResult(ProcessSignals.IsThere(outer) ? null : ""), Cancelled);

            ProcessSignals.Send(first, BerthProcess.Terminate);
            Task end = process.WaitForExitAsync(Cancelled);
            await ExecRun.WakeUntilAsync(folder["pipe"], () => end.IsCompleted, "the end");
            await end;
            Assert.True(process.ExitCode == 3, $"Exit code {process.ExitCode}: {error.Text}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts the program as process 1, with its own /proc. It is killed with the process that started it.</summary>
    private static Process Start(params string[] arguments)
    {
        (string executable, string[] leading) = Programs.Find(Programs.Any);
        ProcessStartInfo info = new(Unshare, ["-Urpf", "--mount-proc", "--kill-child", "--", executable, .. leading, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in ExecRun.Pod())
            info.Environment[name] = value;
        return Process.Start(info)!;
    }

    /// <summary>Skips the test if the system allows this user no PID namespace, with the system's message.</summary>
    private static async Task RequireAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has PID namespaces.");
        ProcessStartInfo info = new(Unshare, ["-Urpf", "--mount-proc", "--", "true"])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(info)!;
        string error = await process.StandardError.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);
        Assert.SkipUnless(process.ExitCode == 0, $"This system allows no PID namespace: {error.Trim()}");
    }

    /// <summary>Returns the id of a process in its innermost namespace; 0 when it has ended.</summary>
    private static int InnerIdOf(int process)
    {
        string? line = StatusOf(process).Split('\n').FirstOrDefault(static line => line.StartsWith("NSpid:", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.Split('\t')[^1], CultureInfo.InvariantCulture);
    }

    private static string StatusOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/status");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
