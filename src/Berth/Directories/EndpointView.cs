using System.Runtime.CompilerServices;
using Berth.Checks;
using Berth.Directories;
using Berth.Signals;

namespace Berth;

/// <summary>
/// The live view of one target: its latest snapshot, how fresh it is, and its changes. The directory keeps it up to date in the background.
/// Any number of threads read it, without a lock.
/// </summary>
public sealed class EndpointView
{
    private static readonly Task<bool> s_changed = Task.FromResult(true);

    private readonly Latest<ViewState> _states;
    private readonly SourceHealth _health;
    private readonly TimeProvider _time;
    private readonly TimeSpan _firstSnapshotTimeout;

    internal EndpointView(
        ServiceTarget target, PortScheme ports, Latest<ViewState> states, SourceHealth health, EndpointDirectoryOptions options)
    {
        Target = target;
        Ports = ports;
        _states = states;
        _health = health;
        _time = options.TimeProvider;
        MaxStale = options.MaxStale;
        _firstSnapshotTimeout = options.FirstSnapshotTimeout;
    }

    /// <summary>The target of this view.</summary>
    public ServiceTarget Target { get; }

    /// <summary>The port scheme of this view.</summary>
    public PortScheme Ports { get; }

    /// <summary>The latest snapshot, or null before the first one. Reading it takes no lock.</summary>
    public EndpointSnapshot? Current => _states.Value.Snapshot;

    /// <summary>The current failure of the source, or null while the snapshot is live.</summary>
    public EndpointSourceException? Failure => _states.Value.Failure;

    /// <summary>
    /// The time since the source last confirmed the snapshot, or null before the first one. Measured by a monotonic clock. Of several
    /// clusters the oldest that is live counts, or the youngest while none is.
    /// </summary>
    public TimeSpan? Age => Current is not { } snapshot ? null
        : snapshot.Clusters.Count > 0 ? AgeOf(snapshot.Clusters) : _time.GetElapsedTime(_health.ConfirmedAt);

    /// <summary>
    /// True while the snapshot is stale and older than <see cref="EndpointDirectoryOptions.MaxStale"/>, so that it must not be served.
    /// </summary>
    public bool IsTooStale => MaxStale is { } limit && Current is { IsStale: true } && Age > limit;

    /// <summary>
    /// The time after which a reader looks again whether the stale snapshot is too old: 0 when it is, null when it never will be. At most
    /// <see cref="TimerLimit.Max"/>, so that a timer can wait for it; a reader that looks too early waits again.
    /// </summary>
    internal TimeSpan? UntilTooStale
    {
        get
        {
            if (Current is not { IsStale: true } || MaxStale - Age is not { } left)
                return null;
            // A moment after the limit, because a snapshot of exactly that age is still served.
            return left < TimeSpan.Zero ? TimeSpan.Zero
                : left < TimerLimit.Max ? left + TimeSpan.FromMilliseconds(1) : TimerLimit.Max;
        }
    }

    private TimeSpan? MaxStale { get; }

    /// <summary>The complete state.</summary>
    internal ViewState State => _states.Value;

    /// <summary>The number of failed reads of the source since the start.</summary>
    public long FailureCount => _health.Failures;

    /// <summary>
    /// Returns the latest snapshot. It waits only for the first one, up to <see cref="EndpointDirectoryOptions.FirstSnapshotTimeout"/>;
    /// after that it is a memory read.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for the first snapshot.</param>
    /// <returns>The latest snapshot, which may be stale. It is never null, and empty only when the source says so.</returns>
    /// <exception cref="EndpointSourceException">
    /// There is no snapshot yet and the first one did not arrive in time, or the snapshot is older than
    /// <see cref="EndpointDirectoryOptions.MaxStale"/>. The message contains the failure of the source.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The directory is disposed, and there never was a snapshot.</exception>
    public ValueTask<EndpointSnapshot> GetEndpointsAsync(CancellationToken cancellationToken = default)
    {
        if (Current is not { } snapshot)
            return WaitForFirstAsync(cancellationToken);
        return IsTooStale ? throw TooStale() : new ValueTask<EndpointSnapshot>(snapshot);
    }

    /// <summary>
    /// Returns the current snapshot, and then the latest snapshot after every change, including from live to stale and back. A slow reader
    /// may miss snapshots in between, but never the latest.
    /// </summary>
    /// <param name="cancellationToken">
    /// Ends the sequence with an <see cref="OperationCanceledException"/>. When the directory is disposed or releases the target, the
    /// sequence ends without one.
    /// </param>
    public async IAsyncEnumerable<EndpointSnapshot> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        EndpointSnapshot? given = null;
        ViewState seen;
        do
        {
            seen = _states.Value;
            if (seen.Snapshot is { } snapshot && !ReferenceEquals(snapshot, given))
            {
                given = snapshot;
                yield return snapshot;
            }
        }
        while (await _states.WaitAsync(seen).WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Waits until the view changes: a new snapshot, a change from live to stale or back, or a failure that begins or ends. It completes at
    /// once when <see cref="Current"/> is no longer the snapshot that the caller has seen, so that no snapshot is missed between a read and
    /// a wait.
    /// </summary>
    /// <param name="seen">The snapshot that the caller has seen, or null for none.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// True after a change. False when the directory is disposed or has released the target, so that no change can follow.
    /// </returns>
    public Task<bool> WaitForChangeAsync(EndpointSnapshot? seen, CancellationToken cancellationToken = default)
    {
        ViewState now = _states.Value;
        return ReferenceEquals(now.Snapshot, seen) ? _states.WaitAsync(now).WaitAsync(cancellationToken) : s_changed;
    }

    /// <summary>The same wait for a reader who has seen a state, and not its snapshot alone.</summary>
    internal Task<bool> WaitForNextAsync(ViewState seen, CancellationToken cancellationToken) =>
        _states.WaitAsync(seen).WaitAsync(cancellationToken);

    private static TimeSpan? AgeOf(IReadOnlyList<EndpointCluster> clusters) => clusters.Any(static cluster => cluster.IsLive)
        ? clusters.Where(static cluster => cluster.IsLive).Max(static cluster => cluster.Age)
        : clusters.Min(static cluster => cluster.Age);

    private async ValueTask<EndpointSnapshot> WaitForFirstAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(_firstSnapshotTimeout, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await foreach (EndpointSnapshot snapshot in ReadAllAsync(both.Token).ConfigureAwait(false))
                return snapshot;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            string reason = Failure?.Message ?? "The source has not answered yet; check that it is reachable.";
            throw new EndpointSourceException(
                $"No endpoints of {Target} arrived within {_firstSnapshotTimeout.TotalSeconds:0.#} s. {reason}", Failure);
        }

        throw new ObjectDisposedException(
            nameof(EndpointDirectory),
            $"{Target} has no endpoints and gets none: its EndpointDirectory is disposed, or has released it. Follow it again in a " +
            "directory that is in use.");
    }

    private EndpointSourceException TooStale() => new(
        $"The endpoints of {Target} are {Age?.TotalSeconds:0} s old, and more than {MaxStale?.TotalSeconds:0} s is not served. "
            + (Failure?.Message ?? Current?.StaleReason),
        Failure);
}
