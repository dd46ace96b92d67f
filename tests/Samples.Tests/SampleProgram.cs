using System.Diagnostics;
using System.Threading.Channels;
using Berth.TestKit;
using Berth.Testing;

namespace Samples;

/// <summary>A sample, run as a program of its own against a test cluster. Disposal ends it.</summary>
internal sealed class SampleProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _seen = [];

    private SampleProgram(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static SampleProgram Start(string name, TestCluster cluster, IEnumerable<string> arguments, params (string, string)[] variables)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        // Packages.Tests runs these tests again, against the samples that it has built from packages.
        string built = Environment.GetEnvironmentVariable("BERTH_SAMPLES") ?? Path.Combine(Checkout.Root, "artifacts", "bin");
        string folder = Path.Combine(built, name, configuration);
        ProcessStartInfo start = new("dotnet", [$"{name}.dll", .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = cluster.KubeconfigPath;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach ((string variable, string value) in variables)
            start.Environment[variable] = value;
        return new SampleProgram(start);
    }

    /// <summary>Waits for a line with a text, after the lines that were waited for before.</summary>
    public async Task<string> WaitForLineAsync(string text)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Wait.Limit);
        try
        {
            while (true)
            {
                string line = await _lines.Reader.ReadAsync(limit.Token);
                _seen.Add(line);
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
            }
        }
        catch (OperationCanceledException exception) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The sample never said '{text}'. It said:\n{string.Join('\n', _seen)}", exception);
        }
    }

    /// <summary>Waits until the web server listens. Returns a client of it.</summary>
    public async Task<HttpClient> ListenAsync()
    {
        const string Words = "Now listening on: ";
        string line = await WaitForLineAsync(Words);
        return new HttpClient { BaseAddress = new Uri(line[(line.IndexOf(Words, StringComparison.Ordinal) + Words.Length)..]) };
    }

    /// <summary>Waits for the end. Returns the lines of the output that were not waited for.</summary>
    public async Task<string[]> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        _lines.Writer.TryComplete();
        return await _lines.Reader.ReadAllAsync(TestContext.Current.CancellationToken).ToArrayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
            _lines.Writer.TryWrite(line);
    }
}
