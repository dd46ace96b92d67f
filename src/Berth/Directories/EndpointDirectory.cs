using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Berth.Checks;
using Berth.Directories;
using Berth.Logging;
using Microsoft.Extensions.Logging;

namespace Berth;

/// <summary>
/// A local cache of endpoints: one supervised stream per target, with the last good snapshot. After the first call for a target,
/// <see cref="GetEndpointsAsync(string, string, int, CancellationToken)"/> is a memory read and never waits for the network.
/// </summary>
/// <remarks>
/// The directory follows each requested target until it is released or the directory is disposed. Request only known targets, not names
/// that users type.
/// </remarks>
public sealed class EndpointDirectory : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(ServiceTarget Target, PortScheme Ports), EndpointView> _views = new();
    private readonly List<EndpointFollower> _followers = [];

    // The closing streams of released targets. The source must outlive them.
    private readonly HashSet<Task> _closing = [];
    private readonly IEndpointSource _source;
    private readonly EndpointDirectoryOptions _options;
    private readonly ILogger _logger;
    private readonly IBackoffPolicy _backoff;
    private readonly Meter _meter;
    private readonly Lock _opening = new();
    private readonly SnapshotKeeper? _keeper;
    private readonly ClashFinder _clashes;
    private int _disposed;

    /// <summary>Creates a directory over a source. It asks the source only when a target is requested.</summary>
    /// <param name="source">The source of endpoints. The directory disposes it if it is disposable.</param>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public EndpointDirectory(IEndpointSource source, EndpointDirectoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _options = options ?? new EndpointDirectoryOptions();
        OptionFaults.Throw(_options.FindFaults(), nameof(options));
        _logger = _options.LoggerFactory.CreateSafeLogger(_options.LoggerName);
        _backoff = _options.Backoff ?? DefaultBackoff();
        _meter = _options.Meter ?? new Meter(DirectoryMetrics.MeterName);
        _clashes = new ClashFinder(_options.TimeProvider);
        // Instruments cannot be taken off the meter of another owner. After disposal they measure nothing.
        DirectoryMetrics.Observe(
            _meter, _options.Cluster, () => Volatile.Read(ref _disposed) == 0 ? _views.Values : [], _clashes.Find);
        if (_options.SnapshotFile is null)
            return;
        _keeper = new SnapshotKeeper(_options.SnapshotFile, _options.TimeProvider, _backoff, _logger, () => _views.Values);
        _keeper.Start();
    }

    /// <summary>The clock, for what follows a view.</summary>
    internal TimeProvider TimeProvider => _options.TimeProvider;

    /// <summary>The views of all followed targets.</summary>
    public IEnumerable<EndpointView> Views => _views.Values;

    /// <summary>Returns the endpoints of a Service whose pods listen on base + ordinal.</summary>
    /// <param name="namespace">The namespace.</param>
    /// <param name="service">The Service's name.</param>
    /// <param name="portBase">The port of ordinal 0, 1 to 65535.</param>
    /// <param name="cancellationToken">Ends the wait for the first snapshot.</param>
    /// <returns>The latest snapshot, which may be stale. It is never null, and empty only when the source says so.</returns>
    /// <exception cref="ArgumentException">A name or the base is not valid.</exception>
    /// <exception cref="EndpointSourceException">
    /// There is no snapshot yet and the first one did not arrive in time, or the snapshot is older than
    /// <see cref="EndpointDirectoryOptions.MaxStale"/>. The message contains the failure of the source.
    /// </exception>
    /// <exception cref="ObjectDisposedException">
    /// The directory is disposed, and the target was not followed before. Snapshots stay readable.
    /// </exception>
    public ValueTask<EndpointSnapshot> GetEndpointsAsync(
        string @namespace, string service, int portBase, CancellationToken cancellationToken = default) =>
        GetEndpointsAsync(new ServiceTarget(@namespace, service), PortScheme.PerOrdinal(portBase), cancellationToken);

    /// <summary>Returns the endpoints of a Service with any port scheme.</summary>
    /// <inheritdoc cref="GetEndpointsAsync(string, string, int, CancellationToken)"/>
    public ValueTask<EndpointSnapshot> GetEndpointsAsync(
        ServiceTarget target, PortScheme ports, CancellationToken cancellationToken = default) =>
        Follow(target, ports).GetEndpointsAsync(cancellationToken);

    /// <summary>Follows a target in the background, and returns its view.</summary>
    /// <exception cref="ArgumentException">The target is the default value, which has no name.</exception>
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
            ThrowIfDisposed(target, "released");
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
        if (_source is IReleasesTargets keeper)
            await keeper.ReleaseAsync(target).ConfigureAwait(false);
        lock (_opening)
            _closing.Remove(closed);
        return released.Length > 0;
    }

    /// <summary>Stops following all targets, promptly, and disposes the source. Snapshots and views stay readable.</summary>
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
        // Only the first call of a target takes the lock: two first calls must not open two streams.
        lock (_opening)
        {
            ThrowIfDisposed(target, "followed");
            if (_views.TryGetValue((target, ports), out EndpointView? view))
                return view;
            EndpointFollower follower = new(
                target, ports, _source.Open(target, ports), _options, _logger, _backoff, _keeper?.Find(target, ports));
            follower.Start();
            _followers.Add(follower);
            return _views[(target, ports)] = follower.View;
        }
    }

    private void ThrowIfDisposed(ServiceTarget target, string what)
    {
        if (Volatile.Read(ref _disposed) != 0)
        {
            throw new ObjectDisposedException(
                nameof(EndpointDirectory),
                $"{target} cannot be {what}: the EndpointDirectory is disposed. Create another one, or dispose of it only when the " +
                "program ends.");
        }
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "The default jitter; tests give their own policy.")]
    private static ExponentialBackoff DefaultBackoff() => new(Random.Shared);
}
