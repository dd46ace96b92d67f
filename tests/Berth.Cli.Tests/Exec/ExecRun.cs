using System.Globalization;
using Berth.Cli.Tests.Running;

namespace Berth.Cli.Tests.Exec;

/// <summary>Runs <c>berth exec</c> as the pod game-2, whose port is free.</summary>
internal static class ExecRun
{
    private const int Ordinal = 2;

    /// <summary>A shell that prints <c>ready</c> and then waits on its own pipe, so that its traps run at once.</summary>
    public const string WaitingShell = "mkfifo $0; exec 3<>$0; echo ready; while :; do read x <&3; done";

    /// <summary>
    /// Writes lines into the pipe of a shell until something is done. A shell that is about to read when a signal comes runs its trap only
    /// after it has read: lines wake it.
    /// </summary>
    public static async Task WakeUntilAsync(string pipe, Func<bool> isDone, string what)
    {
        // Opened for both directions, as by the shell, so that neither the opening nor the end of the shell blocks.
        await using FileStream lines = new(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        await Wait.UntilAsync(
            async () =>
            {
                await lines.WriteAsync("\n"u8.ToArray(), TestContext.Current.CancellationToken);
                return isDone();
            },
            static done => done,
            Wait.Limit,
            what,
            TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for the end of a program whose shell waits on a pipe.</summary>
    public static async Task<BerthResult> WaitForEndAsync(BerthProcess process, string pipe)
    {
        Task<BerthResult> end = process.WaitForEndAsync();
        await WakeUntilAsync(pipe, () => end.IsCompleted, "the end");
        return await end;
    }

    public static Dictionary<string, string> Pod(params (string Name, string Value)[] more)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal) { ["POD_NAME"] = "game-2", ["POD_NAMESPACE"] = "games" };
        foreach ((string name, string value) in more)
            variables[name] = value;
        return variables;
    }

    /// <summary>A base port for which the port of this pod is free.</summary>
    public static string FreeBase() => Text(FreePorts.Take(Ordinal + 1));

    /// <summary>The port of this pod.</summary>
    public static int PortOf(string basePort) => int.Parse(basePort, CultureInfo.InvariantCulture) + Ordinal;

    public static BerthProcess Start(string basePort, params string[] command) =>
        BerthProcess.Start(Programs.Any, Pod(), ["exec", "--base-port", basePort, "--", .. command]);

    public static Task<BerthResult> RunAsync(params string[] command) =>
        BerthProcess.RunAsync(Programs.Any, Pod(), ["exec", "--base-port", FreeBase(), "--", .. command]);

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
