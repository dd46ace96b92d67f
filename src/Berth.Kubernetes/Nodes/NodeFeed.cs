using Berth.Backoff;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Diagnostics;
using Berth.Kubernetes.Reflector;
using Berth.Signals;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Nodes;

/// <summary>
/// The nodes of the cluster, listed and watched once for all targets of a source, starting with the first target that needs them. After a
/// failure the addresses that were read stay in use, and the table has the failure. It also contains the map of addresses, if there is one.
/// If the map is the only source, it reads no nodes.
/// </summary>
internal sealed class NodeFeed : IAsyncDisposable
{
    /// <summary>
    /// The time that external addresses stay in use after a Ready node has lost them. Longer than a controller of the cloud takes to start
    /// again.
    /// </summary>
    public static readonly TimeSpan KeepsLost = TimeSpan.FromMinutes(5);

    private readonly ReflectorLoop<NodeObject>? _loop;
    private readonly Latest<NodeTable> _tables;
    private readonly AddressMode _mode;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ITimer _expiry;
    private readonly PeriodicLoop? _looks;

    /// <param name="reflector">Reads the nodes, or null when no nodes are needed.</param>
    /// <param name="map">The map of addresses, or null.</param>
    /// <param name="mode">The kind of address, for log messages.</param>
    /// <param name="time">The clock.</param>
    /// <param name="backoff">The pauses between attempts.</param>
    /// <param name="logger">The logger.</param>
    public NodeFeed(
        ListWatchReflector<NodeObject>? reflector, AddressMapFile? map, AddressMode mode, TimeProvider time, IBackoffPolicy backoff,
        ILogger logger)
    {
        _loop = reflector is null ? null : new ReflectorLoop<NodeObject>(reflector, time, backoff, Take, Fail);
        _mode = mode;
        _time = time;
        _logger = logger;
        NodeTable first = reflector is null ? NodeTable.Unused : NodeTable.Unread;
        _tables = new Latest<NodeTable>(first.WithMap(map?.Map ?? AddressMap.Empty));
        _expiry = time.CreateTimer(static feed => ((NodeFeed)feed!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _looks = map is null
            ? null
            : new PeriodicLoop(AddressMapFile.Period, time, () => LookAt(map), exception => Log.MapFailed(logger, exception));
    }

    /// <summary>The current table.</summary>
    public NodeTable Table => _tables.Value;

    /// <summary>Starts to read, unless it has started.</summary>
    public void Start() => _loop?.Start();

    /// <summary>Completes when the table differs from the one that the caller has seen.</summary>
    public Task WaitAsync(NodeTable seen) => _tables.WaitAsync(seen);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_loop is not null)
            await _loop.DisposeAsync().ConfigureAwait(false);
        await _expiry.DisposeAsync().ConfigureAwait(false);
        if (_looks is not null)
            await _looks.DisposeAsync().ConfigureAwait(false);
    }

    private void Take(ReflectorEvent<NodeObject> happened)
    {
        lock (_lock)
            TakeLocked(happened);
    }

    private void TakeLocked(ReflectorEvent<NodeObject> happened)
    {
        NodeTable before = _tables.Value;
        long now = _time.GetTimestamp();
        NodeTable next = happened switch
        {
            ReflectorEvent<NodeObject>.Replaced all => before.Replace(all.Items, all.Version, now),
            ReflectorEvent<NodeObject>.Applied one => before.With(one.Item, one.Version, now),
            ReflectorEvent<NodeObject>.Deleted gone => before.Without(gone.Name, gone.Version),
            _ => before.Confirmed(),
        };
        if (ReferenceEquals(next, before))
            return;
        try
        {
            if (before.Forbidden is not null || before is { IsRead: true, Failure: not null })
                Log.NodesRecovered(_logger);
            LogLost(before, next);
            LogFaults(before, next);
        }
        finally
        {
            _tables.Swap(next);
            SetExpiry(next);
        }
    }

    private void LogLost(NodeTable before, NodeTable next)
    {
        foreach ((string node, NodeAddresses addresses) in next.Lost)
        {
            if (before.Find(node)?.LostAt is null)
                Log.ExternalAddressLost(_logger, node, addresses.Lost, KeepsLost.TotalMinutes);
        }

        foreach ((string node, NodeAddresses _) in before.Lost)
        {
            if (next.Find(node) is { LostAt: null } now)
                Log.ExternalAddressSettled(_logger, node, now.Outside);
        }
    }

    private void LogFaults(NodeTable before, NodeTable next)
    {
        foreach ((string node, string fault) in next.Faults)
        {
            if (before.Find(node)?.Marks.Any(mark => mark.Fault == fault) != true)
                Log.MarkUnreadable(_logger, node, fault);
        }
    }

    private void LookAt(AddressMapFile map)
    {
        lock (_lock)
        {
            if (map.Reread())
                _tables.Swap(_tables.Value.WithMap(map.Map));
        }
    }

    /// <summary>Drops the lost addresses whose time is over.</summary>
    private void Expire()
    {
        try
        {
            lock (_lock)
                ExpireLocked();
        }
        catch (Exception exception)
        {
            // A defect here must not end the process, as it would from a timer.
            Log.ExpiryFailed(_logger, exception);
        }
    }

    private void ExpireLocked()
    {
        NodeTable before = _tables.Value;
        // While nodes cannot be read, no address is dropped. The next answer sets the timer again.
        if (before.Failure is not null)
            return;
        NodeTable next = before;
        foreach ((string node, NodeAddresses addresses) in before.Lost.ToArray())
        {
            if (_time.GetElapsedTime(addresses.LostAt!.Value) >= KeepsLost)
                next = next.WithoutLost(node);
        }

        try
        {
            LogLost(before, next);
        }
        finally
        {
            if (!ReferenceEquals(next, before))
                _tables.Swap(next);
            SetExpiry(next);
        }
    }

    private void SetExpiry(NodeTable table)
    {
        long? first = table.Lost.Select(static node => node.Addresses.LostAt).Min();
        if (first is not { } at)
            return;
        TimeSpan left = KeepsLost - _time.GetElapsedTime(at);
        _expiry.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Fail(Exception exception)
    {
        lock (_lock)
            FailLocked(exception);
    }

    private void FailLocked(Exception exception)
    {
        EndpointSourceException failure = exception as EndpointSourceException
            ?? new EndpointSourceException(
                $"Reading nodes failed unexpectedly: {exception.GetType().Name}: {exception.Message} It is tried again.", exception);
        NodeTable before = _tables.Value;
        // A refusal stays through other failures. During a longer failure the first reason stays.
        if (before.Forbidden is not null || before is { IsRead: true, Failure: not null })
            return;
        bool refused = !before.IsRead && failure.InnerException is KubernetesApiException { StatusCode: 403 };
        try
        {
            if (before.IsRead)
                Log.NodesStale(_logger, failure.Message);
            else if (refused && _mode == AddressMode.ExternalOrInternal)
                Log.NodesForbiddenInternal(_logger, failure.Message);
            else if (refused)
                Log.NodesForbidden(_logger, failure.Message);
        }
        finally
        {
            _tables.Swap(refused ? before.WithRefusal(failure.Message) : before.WithFailure(failure));
        }
    }
}
