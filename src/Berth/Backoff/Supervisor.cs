namespace Berth.Backoff;

/// <summary>
/// Repeats one step in the background until it is disposed. When a step fails, the supervisor reports the failure, waits and continues: no
/// exception of a step, a report or a policy ends the loop.
/// </summary>
/// <param name="work">The step, and what follows its failure.</param>
/// <param name="backoff">The delays between attempts. After a success they start from the first delay.</param>
/// <param name="time">The clock.</param>
internal sealed class Supervisor(ISupervised work, IBackoffPolicy backoff, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private bool _started;

    /// <summary>Creates a supervisor of two methods. Where there may be 10,000, an object that has both is smaller.</summary>
    /// <param name="step">One step. After a success it is called again at once.</param>
    /// <param name="failed">Handles the failure of a step. Returns the wait that the source asks for, or null for none.</param>
    /// <param name="backoff">The delays between attempts.</param>
    /// <param name="time">The clock.</param>
    public Supervisor(
        Func<CancellationToken, ValueTask> step, Func<Exception, TimeSpan?> failed, IBackoffPolicy backoff, TimeProvider time)
        : this(new SupervisedMethods(step, failed), backoff, time)
    {
    }

    /// <summary>Completes when the loop has ended; before the start it is complete. It never fails.</summary>
    public Task Running
    {
        get
        {
            lock (_lock)
                return _running;
        }
    }

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
            _running = RunAsync(_stopping.Token);
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
        // The first step must not run on the thread that starts the loop.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        // Created at the first failure. Most loops never have one, and there may be 10,000.
        Retries? retries = null;
        while (!stopping.IsCancellationRequested)
        {
            TimeSpan delay;
            try
            {
                await work.StepAsync(stopping).ConfigureAwait(false);
                retries?.Succeed();
                continue;
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                // The loop is to end. It does not matter what a cancelled step throws.
                return;
            }
            catch (Exception exception)
            {
                retries ??= new Retries(backoff, policyFailure => Report(policyFailure));
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
            return work.Fail(failure);
        }
        catch (Exception)
        {
            // No report may end the loop, and there is no other way to report its exception.
            return null;
        }
    }
}
