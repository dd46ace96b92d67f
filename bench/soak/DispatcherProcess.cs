using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Berth.Soak;

/// <summary>The process of A: the soak starts, measures and ends it.</summary>
internal sealed class DispatcherProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Clock _clock;
    private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();
    private readonly Task _reading;

    private DispatcherProcess(Process process, Uri address, Clock clock)
    {
        _process = process;
        _clock = clock;
        Address = address;
        _reading = ReadAsync();
    }

    public Uri Address { get; }

    public static async Task<DispatcherProcess> StartAsync(
        string kubeconfig, int basePort, Clock clock, CancellationToken cancellationToken)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Soak.dll");
        ProcessStartInfo info = new(
            "dotnet", [program, DispatcherRole.Name, kubeconfig, basePort.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        Process process = Process.Start(info)!;
        string? address = await process.StandardOutput.ReadLineAsync(cancellationToken);
        return address is not null
            ? new DispatcherProcess(process, new Uri(address), clock)
            : throw new InvalidOperationException("Service A ended before it listened. What it wrote above says why.");
    }

    public async Task<Footprint> MeasureAsync(CancellationToken cancellationToken) =>
        Footprint.Parse(await AskAsync(DispatcherRole.Measure, cancellationToken));

    /// <summary>Completes when the clock knows every stall of A until now.</summary>
    public Task LearnStallsAsync(CancellationToken cancellationToken) => AskAsync(DispatcherRole.Look, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(15));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task<string> AskAsync(string question, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(question.AsMemory(), cancellationToken);
        try
        {
            return await _answers.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException exception)
        {
            throw new InvalidOperationException("Service A ended in the middle of the soak.", exception);
        }
    }

    /// <summary>Reads what A writes: its stalls at any time, and answers.</summary>
    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is [DispatcherRole.Stall, var from, var to])
                _clock.AddStall(long.Parse(from, CultureInfo.InvariantCulture), long.Parse(to, CultureInfo.InvariantCulture));
            else
                _answers.Writer.TryWrite(line);
        }

        _answers.Writer.TryComplete();
    }
}
