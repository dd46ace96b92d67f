using System.Net;
using Berth.Kubernetes.Diagnostics;
using Berth.Kubernetes.Reflector;
using Berth.Signals;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Nodes;

/// <summary>
/// The nodes of the cluster, listed and watched once for all targets of a source, starting with the first target that needs them. After a
/// failure the addresses that were read stay in use, and the table has the failure.
/// </summary>
internal sealed class NodeFeed : IAsyncDisposable
{
    /// <summary>
    /// The time that external addresses stay in use after a Ready node has lost them. Longer than a controller of the cloud takes to start
    /// again.
    /// </summary>
    public static readonly TimeSpan KeepsLost = TimeSpan.FromMinutes(5);

    private readonly ReflectorLoop<NodeObject> _loop;
    private readonly Latest<NodeTable> _tables = new(NodeTable.Unread);
    private readonly AddressMode _mode;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly ITimer _expiry;

    public NodeFeed(ListWatchReflector<NodeObject> reflector, AddressMode mode, TimeProvider time, IBackoffPolicy backoff, ILogger logger)
    {
        _loop = new ReflectorLoop<NodeObject>(reflector, time, backoff, Take, Fail);
        _mode = mode;
        _time = time;
        _logger = logger;
        _expiry = time.CreateTimer(static feed => ((NodeFeed)feed!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The current table.</summary>
    public NodeTable Table => _tables.Value;

    /// <summary>Starts to read, unless it has started.</summary>
    public void Start() => _loop.Start();

    /// <summary>Completes when the table differs from the one that the caller has seen.</summary>
    public Task WaitAsync(NodeTable seen) => _tables.WaitAsync(seen);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync().ConfigureAwait(false);
        await _expiry.DisposeAsync().ConfigureAwait(false);
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
                Log.ExternalAddressLost(_logger, node, string.Join(", ", addresses.External.AsEnumerable()), KeepsLost.TotalMinutes);
        }

        foreach ((string node, NodeAddresses _) in before.Lost)
        {
            if (next.Find(node) is { LostAt: null } now)
                Log.ExternalAddressSettled(_logger, node, now.External.Length == 0 ? "none" : string.Join<IPAddress>(", ", now.External));
        }
    }

    /// <summary>Lets go of the addresses that were lost long enough ago.</summary>
    private void Expire()
    {
        lock (_lock)
        {
            NodeTable before = _tables.Value;
            // While nodes cannot be read, nothing is let go of. What they say then sets the timer again.
            if (before.Failure is not null)
                return;
            NodeTable next = before;
            foreach ((string node, NodeAddresses addresses) in before.Lost.ToArray())
            {
                if (_time.GetElapsedTime(addresses.LostAt!.Value) >= KeepsLost)
                    next = next.WithoutLost(node);
            }

            if (!ReferenceEquals(next, before))
            {
                LogLost(before, next);
                _tables.Swap(next);
            }

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
