namespace Berth.Backoff;

/// <summary>
/// Repeats one step at a fixed pace until it is disposed. A step that fails is reported, and runs again at the next tick: no exception of a
/// step or a report ends the loop.
/// </summary>
internal sealed class PeriodicLoop : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Action _step;
    private readonly Action<Exception> _failed;
    private readonly Task _running;

    /// <summary>Starts the loop. The first step runs after one period.</summary>
    /// <param name="period">The time between two steps.</param>
    /// <param name="time">The clock.</param>
    /// <param name="step">One step.</param>
    /// <param name="failed">Reports the failure of a step.</param>
    public PeriodicLoop(TimeSpan period, TimeProvider time, Action step, Action<Exception> failed)
    {
        _step = step;
        _failed = failed;
        _running = RunAsync(period, time);
    }

    /// <summary>Ends the wait in progress, and completes when the loop has ended. Later calls do the same.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
            await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(TimeSpan period, TimeProvider time)
    {
        using PeriodicTimer timer = new(period, time);
        while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
        {
            try
            {
                _step();
            }
            catch (Exception exception)
            {
                Report(exception);
            }
        }
    }

    private void Report(Exception exception)
    {
        try
        {
            _failed(exception);
        }
        catch (Exception)
        {
            // There is no other way to report it.
        }
    }
}
