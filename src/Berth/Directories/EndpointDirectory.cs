using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Berth.Checks;
using Berth.Directories;
using Microsoft.Extensions.Logging;

namespace Berth;

/// <summary>
/// The local cache: one supervised stream a target, the last good snapshot of each, and readers that never wait for a network. The first of
/// the two functions is <see cref="GetEndpointsAsync(string, string, int, CancellationToken)"/>: after its first call for a target it is a
/// memory read.
/// </summary>
/// <remarks>
/// A target that was asked for is followed until it is released or the directory is disposed: ask for the few that are wanted, not for what
/// users type.
/// </remarks>
public sealed class EndpointDirectory : IAsyncDisposable
{
    internal const string LoggerName = "Berth.Directory";

    private readonly ConcurrentDictionary<(ServiceTarget Target, PortScheme Ports), EndpointView> _views = new();
    private readonly List<EndpointFollower> _followers = [];

    // Of released targets, until they are closed: the source must outlive them.
    private readonly HashSet<Task> _closing = [];
    private readonly IEndpointSource _source;
    private readonly EndpointDirectoryOptions _options;
    private readonly IBackoffPolicy _backoff;
    private readonly Meter _meter;
    private readonly Lock _opening = new();
    private readonly SnapshotKeeper? _keeper;
    private readonly ClashFinder _clashes;
    private int _disposed;

    /// <summary>Makes a directory over a source. Nothing is asked of the source before a target is wanted.</summary>
    /// <param name="source">Where endpoints come from. The directory disposes it where it is disposable.</param>
    /// <param name="options">What the directory needs from outside, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public EndpointDirectory(IEndpointSource source, EndpointDirectoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _options = options ?? new EndpointDirectoryOptions();
        OptionFaults.Throw(_options.FindFaults(), nameof(options));
        _backoff = _options.Backoff ?? DefaultBackoff();
        _meter = _options.Meter ?? new Meter(DirectoryMetrics.MeterName);
        _clashes = new ClashFinder(_options.TimeProvider);
        // Instruments cannot be taken off the meter of another owner. After disposal they measure nothing.
        DirectoryMetrics.Observe(_meter, () => Volatile.Read(ref _disposed) == 0 ? _views.Values : [], _clashes.Find);
        if (_options.SnapshotFile is null)
            return;
        ILogger logger = _options.LoggerFactory.CreateLogger(LoggerName);
        _keeper = new SnapshotKeeper(_options.SnapshotFile, _options.TimeProvider, _backoff, logger, () => _views.Values);
        _keeper.Start();
    }

    /// <summary>The views that are followed now.</summary>
    public IEnumerable<EndpointView> Views => _views.Values;

    /// <summary>Gives the endpoints of a Service whose pods listen on base + ordinal.</summary>
    /// <param name="namespace">The namespace.</param>
    /// <param name="service">The Service's name.</param>
    /// <param name="portBase">The port of ordinal 0, 1 to 65535.</param>
    /// <param name="cancellationToken">Ends the wait for a first snapshot.</param>
    /// <returns>The latest snapshot, perhaps stale; never null, and only empty when the source said so.</returns>
    /// <exception cref="ArgumentException">A name or the base is not valid.</exception>
    /// <exception cref="EndpointSourceException">
    /// There has never been a snapshot, and the first did not arrive in time; or it is older than
    /// <see cref="EndpointDirectoryOptions.MaxStale"/>. The message carries the source's trouble.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The directory is disposed.</exception>
    public ValueTask<EndpointSnapshot> GetEndpointsAsync(
        string @namespace, string service, int portBase, CancellationToken cancellationToken = default) =>
        GetEndpointsAsync(new ServiceTarget(@namespace, service), PortScheme.PerOrdinal(portBase), cancellationToken);

    /// <summary>Gives the endpoints of a Service under any port scheme.</summary>
    /// <inheritdoc cref="GetEndpointsAsync(string, string, int, CancellationToken)"/>
    public ValueTask<EndpointSnapshot> GetEndpointsAsync(
        ServiceTarget target, PortScheme ports, CancellationToken cancellationToken = default)
    {
        EndpointView view = Follow(target, ports);
        if (view.Current is not { } snapshot)
            return view.WaitForFirstAsync(_options.FirstSnapshotTimeout, cancellationToken);
        return view.IsTooStale ? throw view.TooStale() : new ValueTask<EndpointSnapshot>(snapshot);
    }

    /// <summary>Follows a target, from now on and in the background, and gives the live view of it.</summary>
    /// <exception cref="ArgumentException">The target is the default value, which names nothing.</exception>
    /// <exception cref="ObjectDisposedException">The directory is disposed.</exception>
    public EndpointView Follow(ServiceTarget target, PortScheme ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        return _views.TryGetValue((target, ports), out EndpointView? view) ? view : FollowNew(target, ports);
    }

    /// <summary>
    /// Finds the ports that several pods claim on one address, over all targets that are followed: two StatefulSets with overlapping port
    /// plans on one node. Pods that are terminating do not count. The answer may be a second old; it is the same instance while nothing
    /// changes.
    /// </summary>
    public IReadOnlyList<PortClash> FindPortClashes() => _clashes.Find(_views.Values);

    /// <summary>
    /// Stops following a target, under every port scheme, and keeps nothing of it: its stream is closed, and it leaves the snapshot file.
    /// Snapshots and views that were handed out stay readable, and waits for a change of them end. A call for the target from now on
    /// follows it from the start.
    /// </summary>
    /// <returns>True when the target was followed.</returns>
    /// <exception cref="ObjectDisposedException">The directory is disposed.</exception>
    public async ValueTask<bool> ReleaseAsync(ServiceTarget target)
    {
        EndpointFollower[] released;
        Task closed;
        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            released = [.. _followers.Where(follower => follower.View.Target == target)];
            foreach (EndpointFollower follower in released)
            {
                _followers.Remove(follower);
                _views.TryRemove((target, follower.View.Ports), out _);
            }

            _keeper?.Forget(target);
            closed = CloseAsync(released);
            _closing.Add(closed);
        }

        await closed.ConfigureAwait(false);
        lock (_opening)
            _closing.Remove(closed);
        return released.Length > 0;
    }

    /// <summary>Stops following everything, promptly, and disposes the source. What was handed out stays readable.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Task closed;
        lock (_opening)
            closed = Task.WhenAll([CloseAsync(_followers), .. _closing]);
        await closed.ConfigureAwait(false);
        if (_keeper is not null)
            await _keeper.DisposeAsync().ConfigureAwait(false);
        if (_source is IAsyncDisposable asyncDisposable)
            await asyncDisposable.DisposeAsync().ConfigureAwait(false);
        else if (_source is IDisposable disposable)
            disposable.Dispose();
        if (_options.Meter is null)
            _meter.Dispose();
    }

    private static Task CloseAsync(IEnumerable<EndpointFollower> followers) =>
        Task.WhenAll([.. followers.Select(static follower => follower.DisposeAsync().AsTask())]);

    private EndpointView FollowNew(ServiceTarget target, PortScheme ports)
    {
        if (target == default)
            throw new ArgumentException("The target names no Service. Make it with a namespace and a name.", nameof(target));
        // The lock is for the first call of a target only: two first calls must not open two streams.
        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            if (_views.TryGetValue((target, ports), out EndpointView? view))
                return view;
            EndpointFollower follower = new(target, ports, _source.Open(target, ports), _options, _backoff, _keeper?.Find(target, ports));
            follower.Start();
            _followers.Add(follower);
            return _views[(target, ports)] = follower.View;
        }
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "The default jitter; tests give their own policy.")]
    private static ExponentialBackoff DefaultBackoff() => new(Random.Shared);
}
