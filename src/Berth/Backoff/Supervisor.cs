namespace Berth.Backoff;

/// <summary>
/// Repeats one step in the background until it is disposed. When a step fails, the supervisor reports the failure, waits and goes on: no
/// exception of a step, a report or a policy ends the loop.
/// </summary>
/// <param name="step">One step. It is called again as soon as it has succeeded.</param>
/// <param name="failed">
/// Takes the failure of a step. Returns how long the source asks to be left alone, or null when it did not say.
/// </param>
/// <param name="backoff">The delays between attempts. A success starts them from the beginning.</param>
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
            _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        }
    }

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
        int failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            TimeSpan delay;
            try
            {
                await step(stopping).ConfigureAwait(false);
                failures = 0;
                continue;
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                // Disposal is the normal end, whatever a cancelled step throws.
                return;
            }
            catch (Exception exception)
            {
                failures = failures < int.MaxValue ? failures + 1 : failures;
                delay = DelayAfter(exception, failures);
            }

            await Task.Delay(delay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private TimeSpan DelayAfter(Exception exception, int failures)
    {
        TimeSpan? asked = Report(exception);
        try
        {
            return RetryDelay.Next(backoff, failures, asked);
        }
        catch (Exception fault)
        {
            // The policy comes from outside. A broken one must not end the loop.
            Report(fault);
            return RetryDelay.Max;
        }
    }

    private TimeSpan? Report(Exception exception)
    {
        try
        {
            return failed(exception);
        }
        catch (Exception)
        {
            // Only a logger from outside throws here, and there is no other way to say so.
            return null;
        }
    }
}
