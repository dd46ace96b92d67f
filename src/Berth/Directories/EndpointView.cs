using System.Runtime.CompilerServices;
using Berth.Diagnostics;
using Berth.Persistence;
using Microsoft.Extensions.Logging;

namespace Berth;

/// <summary>The live view of one target: its latest snapshot, how fresh it is, and its changes. One writer keeps it; any number of readers read it.</summary>
public sealed class EndpointView
{
    // A server that asks to be left alone for a year must not be able to switch discovery off.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(5);

    private readonly IEndpointStream _stream;
    private readonly TimeProvider _time;
    private readonly IBackoffPolicy _backoff;
    private readonly ILogger _logger;
    private readonly TimeSpan? _maxStale;
    private volatile State _state = new(null, null);

    // Monotonic, so that a jump of the wall clock neither ages nor renews a snapshot.
    private long _confirmed;
    private long _failureCount;

    internal EndpointView(
        ServiceTarget target, PortScheme ports, IEndpointStream stream, EndpointDirectoryOptions options, IBackoffPolicy backoff, SavedSnapshot? saved)
    {
        Target = target;
        Ports = ports;
        _stream = stream;
        _time = options.TimeProvider;
        _backoff = backoff;
        _logger = options.Logger;
        _maxStale = options.MaxStale;
        if (saved is not null)
            StartFrom(saved);
    }

    /// <summary>Whose view this is.</summary>
    public ServiceTarget Target { get; }

    /// <summary>How its ports are computed.</summary>
    public PortScheme Ports { get; }

    /// <summary>The latest snapshot, or null before the first one. A memory read.</summary>
    public EndpointSnapshot? Current => _state.Snapshot;

    /// <summary>The source's present trouble, or null while all is well.</summary>
    public EndpointSourceException? Failure => _state.Failure;

    /// <summary>The time since the source last confirmed the snapshot, or null before the first one. Measured by a monotonic clock.</summary>
    public TimeSpan? Age => Current is null ? null : _time.GetElapsedTime(Volatile.Read(ref _confirmed));

    /// <summary>True while the snapshot is stale and older than <see cref="EndpointDirectoryOptions.MaxStale"/>: it is no longer to be given out.</summary>
    public bool IsTooStale => _maxStale is { } longest && Current is { IsStale: true } && Age > longest;

    /// <summary>How often the source has failed, over all time.</summary>
    public long FailureCount => Volatile.Read(ref _failureCount);

    internal Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>
    /// Gives the current snapshot, and then the latest one each time something changes, its being live or stale too. A slow reader misses
    /// what was in between, never the latest.
    /// </summary>
    /// <param name="cancellationToken">Ends the sequence with an <see cref="OperationCanceledException"/>. When the directory is disposed, it ends without one.</param>
    public async IAsyncEnumerable<EndpointSnapshot> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        EndpointSnapshot? seen = null;
        while (true)
        {
            State state = _state;
            if (state.Snapshot is { } snapshot && !ReferenceEquals(snapshot, seen))
            {
                seen = snapshot;
                yield return snapshot;
                continue;
            }

            if (!await state.Next.WaitAsync(cancellationToken).ConfigureAwait(false))
                yield break;
        }
    }

    /// <summary>Waits until the view changes from what it is now: a snapshot, a trouble that begins or ends.</summary>
    /// <remarks>Take the task first and look at the view then: what changes between a look and a wait is otherwise missed.</remarks>
    /// <returns>False when the directory is disposed, so that nothing changes any more.</returns>
    public Task<bool> WaitForChangeAsync(CancellationToken cancellationToken = default) => _state.Next.WaitAsync(cancellationToken);

    internal void Start(CancellationToken stopping) => Completion = Task.Run(() => SuperviseAsync(stopping), CancellationToken.None);

    internal async ValueTask<EndpointSnapshot> WaitForFirstAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(timeout, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await foreach (EndpointSnapshot snapshot in ReadAllAsync(both.Token).ConfigureAwait(false))
                return snapshot;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EndpointSourceException(
                $"No endpoints of {Target} arrived within {timeout.TotalSeconds:0.#} s. " + (Failure?.Message ?? "The source has not answered yet; check that it is reachable."), Failure);
        }

        throw new ObjectDisposedException(nameof(EndpointDirectory));
    }

    internal EndpointSourceException TooStale() => new(
        $"The endpoints of {Target} are {Age?.TotalSeconds:0} s old, and more than {_maxStale?.TotalSeconds:0} s is not served. " + (Failure?.Message ?? Current?.StaleReason), Failure);

    /// <summary>Begins with what a file kept. Its age is told by the wall clock, the only clock that two processes share; from here on the monotonic one counts.</summary>
    private void StartFrom(SavedSnapshot saved)
    {
        TimeSpan age = _time.GetUtcNow() - saved.ConfirmedAt;
        if (age < TimeSpan.Zero)
            age = TimeSpan.Zero;
        _confirmed = _time.GetTimestamp() - (long)(age.TotalSeconds * _time.TimestampFrequency);
        _state = new State(null, saved.Restore(Ports));
        Log.ServingFromFile(_logger, Target, saved.Version, age);
    }

    private async Task SuperviseAsync(CancellationToken stopping)
    {
        int failures = 0;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    Publish(await _stream.ReadAsync(stopping).ConfigureAwait(false));
                    failures = 0;
                }
                catch (Exception exception) when (!stopping.IsCancellationRequested)
                {
                    failures++;
                    EndpointSourceException failure = AsSourceFailure(exception);
                    Fail(failure);
                    await Task.Delay(DelayAfter(failure, failures), _time, stopping).ConfigureAwait(false);
                }
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // Disposal: whatever a cancelled read throws, it is the normal end.
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    private void Publish(EndpointSnapshot read)
    {
        Volatile.Write(ref _confirmed, _time.GetTimestamp());
        State before = _state;
        if (ReferenceEquals(read, before.Read))
        {
            // Nothing new in it. If the last attempt failed, the set is live again all the same.
            if (before.Failure is null)
                return;
            Swap(new State(read, before.Snapshot!.AsLive()));
        }
        else
        {
            Swap(new State(read, read.WithVersion((before.Snapshot?.Version ?? 0) + 1, _time.GetUtcNow())));
        }

        if (before.Failure is not null || before.Snapshot is { IsStale: true })
            Log.Recovered(_logger, Target, _state.Snapshot!.Version, before.Snapshot?.StaleSince is { } since ? Math.Max(0, (_time.GetUtcNow() - since).TotalSeconds) : 0);
    }

    private void Fail(EndpointSourceException failure)
    {
        Volatile.Write(ref _failureCount, _failureCount + 1);
        State before = _state;
        if (before.Failure is null)
            Log.Trouble(_logger, Target, before.Snapshot?.Version ?? 0, failure.Message, failure.InnerException);
        EndpointSnapshot? snapshot = before.Snapshot is { IsStale: false } live ? live.AsStale(_time.GetUtcNow(), failure.Message) : before.Snapshot;
        Swap(new State(before.Read, snapshot, failure));
    }

    /// <summary>Swap, then signal: whoever is woken finds the new state.</summary>
    private void Swap(State next)
    {
        State before = _state;
        _state = next;
        before.Signal(more: true);
    }

    private async Task CloseAsync()
    {
        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.CloseFailed(_logger, Target, exception);
        }

        _state.Signal(more: false);
    }

    private TimeSpan DelayAfter(EndpointSourceException failure, int failures)
    {
        TimeSpan delay = _backoff.NextDelay(failures);
        TimeSpan asked = failure.RetryAfter ?? TimeSpan.Zero;
        return asked <= delay ? delay : asked < s_longestWait ? asked : s_longestWait;
    }

    private EndpointSourceException AsSourceFailure(Exception exception) => exception as EndpointSourceException
        ?? new EndpointSourceException($"Reading {Target} failed unexpectedly: {exception.GetType().Name}: {exception.Message} It is tried again.", exception);

    /// <summary>What readers see, swapped as one.</summary>
    /// <param name="read">The source's own instance, to tell a confirmation from a change.</param>
    /// <param name="snapshot">The published one.</param>
    /// <param name="failure">The present trouble.</param>
    private sealed class State(EndpointSnapshot? read, EndpointSnapshot? snapshot, EndpointSourceException? failure = null)
    {
        private readonly TaskCompletionSource<bool> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndpointSnapshot? Read => read;

        public EndpointSnapshot? Snapshot => snapshot;

        public EndpointSourceException? Failure => failure;

        public Task<bool> Next => _next.Task;

        public void Signal(bool more) => _next.TrySetResult(more);
    }
}
