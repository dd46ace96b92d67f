using System.Diagnostics;
using System.Globalization;
using Berth.TestKit;

namespace Berth.Packages;

/// <summary><c>berth up</c> on separate ports, started by a command of the test.</summary>
internal sealed class RunningTool : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly List<string> _lines = [];

    private RunningTool(Process process, int port)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
    }

    /// <summary>The address of service A.</summary>
    public Uri Address { get; }

    /// <summary>Starts a cluster with one pod, and waits until it is ready.</summary>
    public static async Task<RunningTool> UpAsync(
        string program, string folder, IEnumerable<string> leading, params (string Name, string Value)[] variables)
    {
        int port = FreePorts.Take();
        string[] arguments = [.. leading, "up", "--replicas", "1", "--base-port", Text(FreePorts.Take()), "--port", Text(port)];
        RunningTool tool = new(Process.Start(DotnetCommand.Start(program, folder, arguments, variables))!, port);
        try
        {
            await tool.WaitForLineAsync("Ready after ");
            return tool;
        }
        catch
        {
            await tool.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks it to end, and returns its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using (Process kill = Process.Start("sh", ["-c", $"kill -TERM {Text(_process.Id)}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task WaitForLineAsync(string start)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Wait.Limit);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            _lines.Add(line);
            if (line.StartsWith(start, StringComparison.Ordinal))
                return;
        }

        Assert.Fail($"It ended before it said '{start}'. It said:\n{string.Join('\n', _lines)}\n{await _errors}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
