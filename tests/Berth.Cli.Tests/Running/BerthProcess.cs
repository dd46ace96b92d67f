using System.Diagnostics;
using System.Globalization;

namespace Berth.Cli.Tests.Running;

/// <summary>The program as a process, with all that it writes.</summary>
internal sealed class BerthProcess : IAsyncDisposable
{
    /// <summary>SIGTERM, as in signal(7).</summary>
    public const int Terminate = 15;

    public const int Interrupt = 2;

    private readonly Process _process;

    private BerthProcess(Process process)
    {
        _process = process;
        Out = new LineLog(process.StandardOutput);
        Error = new LineLog(process.StandardError);
    }

    public int Id => _process.Id;

    public LineLog Out { get; }

    public LineLog Error { get; }

    /// <summary>Starts the program with a separate environment, so that settings of the test machine have no effect.</summary>
    public static BerthProcess Start(string form, IReadOnlyDictionary<string, string>? environment, params string[] args)
    {
        (string executable, string[] leading) = Programs.Find(form);
        ProcessStartInfo info = new(executable, [.. leading, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string name in info.Environment.Keys.Where(IsOurs).ToArray())
            info.Environment.Remove(name);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            info.Environment[name] = value;
        Process process = Process.Start(info)!;
        process.StandardInput.Close();
        return new BerthProcess(process);
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<BerthResult> RunAsync(string form, IReadOnlyDictionary<string, string>? environment, params string[] args)
    {
        await using BerthProcess process = Start(form, environment, args);
        return await process.WaitForEndAsync();
    }

    public static Task<BerthResult> RunAnyAsync(params string[] args) => RunAsync(Programs.Any, null, args);

    /// <summary>
    /// SIGINT, or SIGTERM where the process was started with SIGINT ignored, as a shell without job control does for what it starts in the
    /// background (POSIX, 2.9.3.1).
    /// </summary>
    public int InterruptOrTerminate()
    {
        const string Ignored = "SigIgn:";
        string line = File.ReadLines($"/proc/{_process.Id}/status").First(static l => l.StartsWith(Ignored, StringComparison.Ordinal));
        ulong mask = ulong.Parse(line[Ignored.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (mask & (1UL << (Interrupt - 1))) == 0 ? Interrupt : Terminate;
    }

    public void Signal(int signal) => ProcessSignals.Send(_process.Id, signal);

    /// <summary>Waits until the process has ended and all it wrote is read.</summary>
    public async Task<BerthResult> WaitForEndAsync()
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Wait.Limit);
        await _process.WaitForExitAsync(limit.Token);
        await Out.EndAsync(limit.Token);
        await Error.EndAsync(limit.Token);
        return new BerthResult(_process.ExitCode, Out.Text, Error.Text);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // First SIGINT, so that a failed test leaves no pods either.
            ProcessSignals.Send(_process.Id, Terminate);
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("BERTH_", StringComparison.Ordinal) || name.StartsWith("POD_", StringComparison.Ordinal)
            || name.StartsWith("KUBE", StringComparison.Ordinal);
}
