using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Berth.Backoff;
using Berth.Checks;
using Berth.Logging;
using Berth.Sessions;

namespace Berth;

/// <summary>
/// Keeps one session with each pod of a view: opened when a pod is available, replaced when it is another process (a new UID under the old
/// name), closed when the pod leaves, and opened again after a failure.
/// </summary>
/// <remarks>
/// <para>
/// One ordinal never has two sessions: the next one is opened after the previous one is closed. A session stays while its pod is not ready
/// or drains; a new one is opened only to a pod that is available. While the source of the view fails, its last pods and their sessions
/// stay.
/// </para>
/// <para>
/// Under a port scheme without ordinals (one pod per node), sessions belong to pod names.
/// </para>
/// </remarks>
/// <typeparam name="T">The session: a connection, a channel, or an object of the caller's.</typeparam>
public sealed class EndpointSessions<T> : IAsyncDisposable
    where T : class
{
    private readonly Dictionary<SessionKey, SessionSlot<T>> _slots = [];
    private readonly SessionBoard<T> _board;
    private readonly SessionWorker<T> _worker;
    private readonly EndpointSessionsOptions<T> _options;
    private readonly Supervisor _supervisor;
    private readonly Lock _lock = new();
    private EndpointList? _applied;
    private Task? _ending;

    /// <summary>Starts to keep sessions with the pods of a view.</summary>
    /// <param name="view">
    /// The view. The sessions do not dispose it. When its directory is disposed, the sessions with its last pods stay.
    /// </param>
    /// <param name="open">
    /// Opens a session with a pod. The token is cancelled when the pod leaves or the time is up. After the session is open it has no
    /// meaning.
    /// </param>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public EndpointSessions(
        EndpointView view, Func<PodEndpoint, CancellationToken, Task<T>> open, EndpointSessionsOptions<T>? options = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(open);
        View = view;
        _options = options ?? new EndpointSessionsOptions<T>();
        OptionFaults.Throw(_options.FindFaults(), nameof(options));
        IBackoffPolicy backoff = _options.Backoff ?? DefaultBackoff();
        SessionLog log = new(_options.LoggerFactory.CreateSafeLogger("Berth.Sessions"), view.Target);
        _board = new SessionBoard<T>(_options.TimeProvider);
        _worker = new SessionWorker<T>(open, _options, backoff, log);
        _supervisor = new Supervisor(FollowAsync, log.FollowFailed, backoff, _options.TimeProvider);
        _supervisor.Start();
    }

    /// <summary>The view whose pods get the sessions.</summary>
    public EndpointView View { get; }

    /// <summary>The sessions now. Reading them takes no lock. Empty before the first snapshot of the view, and after disposal.</summary>
    public EndpointSessionSet<T> Current => _board.Sets.Value;

    /// <summary>Finds the open session with the pod of an ordinal. Takes no lock.</summary>
    /// <returns>The session, or null while there is none.</returns>
    public T? Find(int ordinal) => Current.Find(ordinal)?.Session;

    /// <summary>
    /// Returns the current sessions, and then the latest after every change. A slow reader may miss changes in between, but never the
    /// latest.
    /// </summary>
    /// <param name="cancellationToken">
    /// Ends the sequence with an <see cref="OperationCanceledException"/>. Disposal ends it without one.
    /// </param>
    public async IAsyncEnumerable<EndpointSessionSet<T>> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        EndpointSessionSet<T> seen;
        do
        {
            seen = Current;
            yield return seen;
        }
        while (await WaitForChangeAsync(seen, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Waits until the sessions differ from those that the caller has seen.</summary>
    /// <param name="seen">The sessions that the caller has seen.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>True after a change. False after disposal, when no change can follow.</returns>
    public Task<bool> WaitForChangeAsync(EndpointSessionSet<T> seen, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return _board.Sets.WaitAsync(seen).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Closes all sessions at the same time, and completes when they are closed, or when
    /// <see cref="EndpointSessionsOptions{T}.CloseTimeout"/> has passed.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
            return new ValueTask(_ending ??= Task.Run(EndAsync));
    }

    private async Task EndAsync()
    {
        await _supervisor.DisposeAsync().ConfigureAwait(false);
        Task[] ended;
        lock (_lock)
        {
            foreach (SessionSlot<T> slot in _slots.Values)
                slot.Want(null);
            ended = [.. _slots.Values.Select(static slot => slot.Ended)];
        }

        await Task.WhenAll(ended).ConfigureAwait(false);
        _board.Sets.End();
    }

    private async ValueTask FollowAsync(CancellationToken stopping)
    {
        EndpointSnapshot? snapshot = View.Current;
        if (snapshot is not null && !ReferenceEquals(snapshot.Endpoints, _applied))
        {
            Apply(snapshot.Endpoints);
            _applied = snapshot.Endpoints;
        }

        // The view has no further changes, so its last pods stay.
        if (!await View.WaitForChangeAsync(snapshot, stopping).ConfigureAwait(false))
            _supervisor.Stop();
    }

    private void Apply(EndpointList pods)
    {
        // If two StatefulSets are behind one Service, the first by name has the ordinal.
        Dictionary<SessionKey, PodEndpoint> wanted = [];
        foreach (PodEndpoint pod in pods)
        {
            if (_options.Filter?.Invoke(pod) ?? true)
                wanted.TryAdd(SessionKey.Of(pod), pod);
        }

        lock (_lock)
        {
            foreach ((SessionKey key, SessionSlot<T> slot) in _slots)
                slot.Want(wanted.GetValueOrDefault(key));
            foreach ((SessionKey key, PodEndpoint pod) in wanted)
            {
                if (_slots.ContainsKey(key))
                    continue;
                SessionSlot<T> slot = new(key, pod, _board, _worker, Leave);
                _slots.Add(key, slot);
                slot.Start();
            }
        }
    }

    /// <summary>Removes a slot that has closed its session, unless its pod has come back.</summary>
    private bool Leave(SessionSlot<T> slot)
    {
        lock (_lock)
        {
            if (slot.Wanted is not null)
                return false;
            _slots.Remove(slot.Key);
            _board.Remove(slot.Key);
            return true;
        }
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "The default jitter; tests give their own policy.")]
    private static ExponentialBackoff DefaultBackoff() => new(Random.Shared);
}
