namespace Berth.Backoff;

/// <summary>
/// Repeats one step in the background until it is disposed. When a step fails, the supervisor reports the failure, waits and continues: no
/// exception of a step, a report or a policy ends the loop.
/// </summary>
/// <param name="step">One step. After a success it is called again at once.</param>
/// <param name="failed">Handles the failure of a step. Returns the wait that the source asks for, or null for none.</param>
/// <param name="backoff">The delays between attempts. After a success they start from the first delay.</param>
/// <param name="time">The clock.</param>
internal sealed class Supervisor(
    Func<CancellationToken, ValueTask> step, Func<Exception, TimeSpan?> failed, IBackoffPolicy backoff, TimeProvider time)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private bool _started;

    /// <summary>Starts the loop. Later calls, and a call after disposal, do nothing.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (_started)
                return;
            _started = true;
            // The loop outlives the request that starts it, so it must not run in that request's activity and scopes.
            using AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
            _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        }
    }

    /// <summary>Ends the loop, and does not wait for it. A step calls it when there is nothing left to do.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>Cancels the step or the wait in progress, and completes when the loop has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_lock)
        {
            _started = true;
            running = _running;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        Retries retries = new(backoff, exception => Report(exception));
        while (!stopping.IsCancellationRequested)
        {
            TimeSpan delay;
            try
            {
                await step(stopping).ConfigureAwait(false);
                retries.Succeed();
                continue;
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                // The loop is to end. It does not matter what a cancelled step throws.
                return;
            }
            catch (Exception exception)
            {
                retries.Fail();
                delay = retries.NextDelay(Report(exception));
            }

            await Task.Delay(delay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private TimeSpan? Report(Exception failure)
    {
        try
        {
            return failed(failure);
        }
        catch (Exception)
        {
            // No report may end the loop, and there is no other way to report its exception.
            return null;
        }
    }
}
