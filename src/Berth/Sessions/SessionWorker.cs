using Berth.Backoff;

namespace Berth.Sessions;

/// <summary>
/// Calls the caller's functions: opens a session, waits for its end, closes it. Each call has a time limit, and none of its exceptions is
/// lost.
/// </summary>
internal sealed class SessionWorker<T>(
    Func<PodEndpoint, CancellationToken, Task<T>> open, EndpointSessionsOptions<T> options, IBackoffPolicy backoff, SessionLog log)
    where T : class
{
    /// <summary>A session that lasted this long was a success. A shorter one counts as a failure, so that its retries slow down.</summary>
    public static readonly TimeSpan Lasting = TimeSpan.FromSeconds(10);

    /// <summary>The clock.</summary>
    public TimeProvider Time => options.TimeProvider;

    /// <summary>The log.</summary>
    public SessionLog Log => log;

    /// <summary>Creates the count of failures of one slot.</summary>
    public Retries CreateRetries() => new(backoff, exception => log.FollowFailed(exception));

    /// <summary>Opens a session. After an exception no session is open; one that arrives later is closed.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="left">Cancelled when the session is no longer wanted.</param>
    public async Task<T> OpenAsync(PodEndpoint pod, CancellationToken left)
    {
        using CancellationTokenSource limit = new(options.OpenTimeout, Time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, left);
        Task<T> opening = open(pod, both.Token);
        try
        {
            return await opening.WaitAsync(both.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"Opening a session with {pod.Name} returned null. Return a session, or throw.");
        }
        catch (OperationCanceledException exception) when (both.IsCancellationRequested)
        {
            await BoundAsync(CloseLateAsync(pod, opening), () => log.OpenStuck(pod)).ConfigureAwait(false);
            left.ThrowIfCancellationRequested();
            throw new TimeoutException(
                $"The session with {pod.Name} at {pod.Authority} was not open within {options.OpenTimeout.TotalSeconds:0.###} s.",
                exception);
        }
    }

    /// <summary>Waits until a session has ended by itself, or is no longer wanted.</summary>
    /// <returns>The reason for the end, or null when the session is no longer wanted.</returns>
    public async Task<Exception?> WaitForEndAsync(PodEndpoint pod, T session, CancellationToken left)
    {
        Task? ended = null;
        try
        {
            ended = options.Completion?.Invoke(session) ?? Task.Delay(Timeout.InfiniteTimeSpan, Time, left);
            await ended.WaitAsync(left).ConfigureAwait(false);
            return new IOException($"The session with {pod.Name} at {pod.Authority} has ended.");
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            // Closing a session may make it fail, which does not count as a failure.
            _ = ended?.ContinueWith(
                static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    /// <summary>Closes a session. An exception is logged. Returns after the limit in any case.</summary>
    public Task CloseAsync(PodEndpoint pod, T session) => BoundAsync(CloseNowAsync(pod, session), () => log.CloseStuck(pod));

    private async Task CloseLateAsync(PodEndpoint pod, Task<T> opening)
    {
        T? session;
        try
        {
            session = await opening.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            log.OpenFailedLate(pod, exception);
            return;
        }

        if (session is not null)
            await CloseNowAsync(pod, session).ConfigureAwait(false);
    }

    private async Task CloseNowAsync(PodEndpoint pod, T session)
    {
        try
        {
            if (options.Close is not null)
                await options.Close(session).ConfigureAwait(false);
            else if (session is IAsyncDisposable asyncDisposable)
                await asyncDisposable.DisposeAsync().ConfigureAwait(false);
            else if (session is IDisposable disposable)
                disposable.Dispose();
        }
        catch (Exception exception)
        {
            log.CloseFailed(pod, exception);
        }
    }

    /// <summary>
    /// Waits for work, up to the time for closing. The runtime's own wait with a time-out can keep its timer when the work ends while the
    /// wait begins, about once in 8,000 histories. This timer is always disposed of.
    /// </summary>
    private async Task BoundAsync(Task work, Action stuck)
    {
        using CancellationTokenSource limit = new(options.CloseTimeout, Time);
        try
        {
            await work.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!work.IsCompleted)
        {
            stuck();
        }
    }
}
