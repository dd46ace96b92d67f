using System.Diagnostics;

namespace Berth.Bench.Cluster;

/// <summary>Changes slices at a steady rate, each in turn.</summary>
internal sealed class Churn : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly IApiServer _api;
    private readonly double _perSecond;
    private readonly int _most;
    private readonly Task _running;

    /// <param name="api">The API server.</param>
    /// <param name="perSecond">The changes a second, if the API server leaves the cores to others then.</param>
    /// <param name="most">The number of changes after which it ends by itself.</param>
    public Churn(IApiServer api, double perSecond, int most = int.MaxValue)
    {
        _api = api;
        _perSecond = Math.Min(perSecond, api.MostChangesPerSecond);
        _most = most;
        _running = Task.Run(RunAsync);
    }

    /// <summary>The number of changed slices.</summary>
    public int Changes { get; private set; }

    /// <summary>Completes when it has ended by itself.</summary>
    public Task Completion => _running;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        long began = Stopwatch.GetTimestamp();
        while (!_stopping.IsCancellationRequested && Changes < _most)
        {
            double due = Stopwatch.GetElapsedTime(began).TotalSeconds * _perSecond;
            while (Changes < due && Changes < _most)
            {
                await _api.ChangeAsync(Changes % _api.Fleet.Slices.Count);
                Changes++;
            }

            // Wakes up only when a change is due, because the wake-ups of this process must not affect the measurement.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(500 / _perSecond, 1, 50)), CancellationToken.None);
        }
    }
}
