using System.Diagnostics;
using System.Globalization;

namespace Berth.Soak;

/// <summary>The process of A: the soak starts, measures and ends it.</summary>
internal sealed class DispatcherProcess : IAsyncDisposable
{
    private readonly Process _process;

    private DispatcherProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<DispatcherProcess> StartAsync(string kubeconfig, int basePort, CancellationToken cancellationToken)
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
            ? new DispatcherProcess(process, new Uri(address))
            : throw new InvalidOperationException("Service A ended before it listened. What it wrote above says why.");
    }

    public async Task<Footprint> MeasureAsync(CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(DispatcherRole.Measure.AsMemory(), cancellationToken);
        string? answer = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        return Footprint.Parse(answer ?? throw new InvalidOperationException("Service A ended in the middle of the soak."));
    }

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

        _process.Dispose();
    }
}
