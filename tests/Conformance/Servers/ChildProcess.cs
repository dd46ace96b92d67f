using System.Diagnostics;
using System.Globalization;
using Berth.TestKit;

namespace Berth.Conformance.Servers;

/// <summary>A program that is started for the tests. It keeps the end of its output, for the message when it does not start.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 30;

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly string _name;

    public ChildProcess(string program, IEnumerable<string> arguments)
    {
        _name = Path.GetFileName(program);
        ProcessStartInfo info = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Waits until the program answers as expected.</summary>
    /// <exception cref="InvalidOperationException">It ended, or never answered so; the message contains its last lines.</exception>
    public async Task WaitUntilUpAsync(Func<Task<bool>> isUp, TimeSpan patience)
    {
        try
        {
            await Wait.UntilAsync(
                async () => _process.HasExited || await isUp(), up => up, patience, $"{_name} is up",
                TestContext.Current.CancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw Failure($"did not come up within {patience.TotalSeconds:0} s", exception);
        }

        if (_process.HasExited)
        {
            // The last lines arrive only with the end of the streams.
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
            throw Failure($"ended with exit code {_process.ExitCode}", null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // By its id: .NET has no SIGTERM. Both programs end cleanly by it, so that etcd's files stay good.
            using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }

    private InvalidOperationException Failure(string what, Exception? fault)
    {
        lock (_lines)
        {
            return new InvalidOperationException($"{_name} {what}. Its last lines:\n{string.Join('\n', _lines)}", fault);
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }
    }
}
