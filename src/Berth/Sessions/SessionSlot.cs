using Berth.Backoff;
using Berth.Signals;

namespace Berth.Sessions;

/// <summary>
/// Keeps the one session of one ordinal, for as long as a pod has the ordinal. It follows the latest state, not each change: a pod that
/// leaves and comes back while its session is being opened keeps that session.
/// </summary>
/// <param name="key">The slot.</param>
/// <param name="pod">The first pod.</param>
/// <param name="board">Publishes the state.</param>
/// <param name="worker">Opens and closes.</param>
/// <param name="leave">Removes this slot. Returns false when a pod is wanted again.</param>
internal sealed class SessionSlot<T>(
    SessionKey key, PodEndpoint pod, SessionBoard<T> board, SessionWorker<T> worker, Func<SessionSlot<T>, bool> leave)
    where T : class
{
    private readonly Latest<Wish> _wishes = new(new Wish(pod));
    // Not a supervisor: a change of the pod ends the wait before the next attempt, and a session that lasted ends as a first failure.
    private readonly Retries _retries = worker.CreateRetries();
    private Exception? _failure;

    /// <summary>The slot's key.</summary>
    public SessionKey Key => key;

    /// <summary>The pod that a session is wanted with, or null.</summary>
    public PodEndpoint? Wanted => _wishes.Value.Pod;

    /// <summary>Completes when the session is closed and the slot removed.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Starts the slot in the background.</summary>
    public void Start() => Ended = Task.Run(RunAsync);

    /// <summary>Sets the pod that a session is wanted with, or null for none. One caller at a time.</summary>
    public void Want(PodEndpoint? next)
    {
        if (!ReferenceEquals(Wanted, next))
            _wishes.Swap(new Wish(next));
    }

    private async Task RunAsync()
    {
        while (true)
        {
            if (Wanted is { } process)
                await KeepAsync(process).ConfigureAwait(false);
            else if (leave(this))
                return;
        }
    }

    /// <summary>Keeps a session with one process, until the pod leaves or is another process.</summary>
    private async Task KeepAsync(PodEndpoint process)
    {
        using CancellationTokenSource left = new();
        using CancellationTokenSource done = new();
        Task watching = WatchAsync(process, left, done.Token);
        _failure = null;
        _retries.Succeed();
        while (!left.IsCancellationRequested && Find(process) is { } now)
        {
            if (now.IsAvailable)
                await AttemptAsync(process, now, left.Token).ConfigureAwait(false);
            else
                await WaitUntilAvailableAsync(process, left.Token).ConfigureAwait(false);
        }

        await done.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
    }

    /// <summary>Publishes the latest state of the pod, and cancels the current step after the pod has left or is another process.</summary>
    private async Task WatchAsync(PodEndpoint process, CancellationTokenSource left, CancellationToken done)
    {
        try
        {
            for (Wish wish = _wishes.Value; wish.Pod?.IsSameProcess(process) is true; wish = _wishes.Value)
            {
                board.Show(key, (_, before) => before is not null && Find(process) is { } now ? before.WithPod(now) : null);
                await _wishes.WaitAsync(wish).WaitAsync(done).ConfigureAwait(false);
            }

            await left.CancelAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The slot itself has seen that the pod has left.
        }
        catch (AggregateException exception)
        {
            // The caller's function reacts to the cancelled token. It is not our code, and may throw.
            worker.Log.OpenFailedLate(process, exception);
        }
    }

    private async Task AttemptAsync(PodEndpoint process, PodEndpoint now, CancellationToken left)
    {
        Show(now, EndpointSessionState.Opening);
        bool lasted = false;
        try
        {
            T session = await worker.OpenAsync(now, left).ConfigureAwait(false);
            (_failure, lasted) = await UseAsync(now, session, left).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _failure = exception;
        }

        if (left.IsCancellationRequested || Find(process) is null)
        {
            if (_failure is not (null or OperationCanceledException))
                worker.Log.OpenFailedLate(now, _failure);
            return;
        }

        if (lasted)
            _retries.Succeed();
        _retries.Fail();
        worker.Log.Failed(process, _failure, _retries.Failures);
        await WaitForRetryAsync(process, _retries.NextDelay(null), left).ConfigureAwait(false);
    }

    /// <summary>Publishes an open session until it ends or is no longer wanted, and then closes it.</summary>
    private async Task<(Exception? Failure, bool Lasted)> UseAsync(PodEndpoint now, T session, CancellationToken left)
    {
        long opened = worker.Time.GetTimestamp();
        Show(now, EndpointSessionState.Open, session);
        worker.Log.Opened(now);
        Exception? failure = await worker.WaitForEndAsync(now, session, left).ConfigureAwait(false);
        bool lasted = worker.Time.GetElapsedTime(opened) >= SessionWorker<T>.Lasting;
        Show(now, EndpointSessionState.Closing);
        await worker.CloseAsync(now, session).ConfigureAwait(false);
        worker.Log.Closed(now);
        return (failure, lasted);
    }

    private async Task WaitUntilAvailableAsync(PodEndpoint process, CancellationToken left)
    {
        Show(process, EndpointSessionState.Waiting);
        Wish wish = _wishes.Value;
        while (Find(process) is { IsAvailable: false } && !left.IsCancellationRequested)
        {
            await _wishes.WaitAsync(wish).ConfigureAwait(false);
            wish = _wishes.Value;
        }
    }

    /// <summary>
    /// Waits before the next attempt. A pod that is no longer available ends the wait. The next attempt follows when the pod is ready
    /// again.
    /// </summary>
    private async Task WaitForRetryAsync(PodEndpoint process, TimeSpan delay, CancellationToken left)
    {
        Show(process, EndpointSessionState.Waiting, delay: delay);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(left);
        Task due = Task.Delay(delay, worker.Time, over.Token);
        Wish wish = _wishes.Value;
        while (!due.IsCompleted && wish.Pod is { IsAvailable: true })
        {
            await Task.WhenAny(due, _wishes.WaitAsync(wish)).ConfigureAwait(false);
            wish = _wishes.Value;
        }

        await over.CancelAsync().ConfigureAwait(false);
    }

    private PodEndpoint? Find(PodEndpoint process) => Wanted is { } now && now.IsSameProcess(process) ? now : null;

    private void Show(PodEndpoint last, EndpointSessionState state, T? session = null, TimeSpan? delay = null)
    {
        Exception? failure = _failure;
        int failures = _retries.Failures;
        board.Show(key, (now, _) => new EndpointSession<T>(Find(last) ?? last, state, now)
        {
            Session = session,
            Failure = failure,
            FailureCount = failures,
            RetryAt = now + delay,
        });
    }

    private sealed record Wish(PodEndpoint? Pod);
}
