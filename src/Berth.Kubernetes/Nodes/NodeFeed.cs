using System.Net;
using Berth.Kubernetes.Diagnostics;
using Berth.Kubernetes.Reflector;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Nodes;

/// <summary>
/// The nodes of the cluster, listed and watched once for all targets of a source, from the first target on that needs them. It supervises
/// itself; what was once read stays through any trouble.
/// </summary>
internal sealed class NodeFeed : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly ReflectorLoop<NodeObject> _loop;
    private readonly AddressMode _mode;
    private readonly ILogger _logger;
    private readonly List<NodeSubscription> _subscriptions = [];
    private volatile NodeTable _table = NodeTable.Unread;
    private EndpointSourceException? _failure;

    public NodeFeed(ListWatchReflector<NodeObject> reflector, AddressMode mode, TimeProvider time, IBackoffPolicy backoff, ILogger logger)
    {
        _loop = new ReflectorLoop<NodeObject>(reflector, time, backoff, Take, Fail);
        _mode = mode;
        _logger = logger;
    }

    /// <summary>What is known now.</summary>
    public NodeTable Table => _table;

    /// <summary>Follows the nodes.</summary>
    public NodeSubscription Subscribe()
    {
        lock (_lock)
        {
            NodeSubscription subscription = new();
            _subscriptions.Add(subscription);
            _loop.Start();
            // Whoever comes later finds what is there.
            subscription.Notify(null);
            return subscription;
        }
    }

    /// <summary>Ends a subscription.</summary>
    public void Unsubscribe(NodeSubscription subscription)
    {
        lock (_lock)
            _subscriptions.Remove(subscription);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private void Take(ReflectorEvent<NodeObject> happened)
    {
        Dictionary<string, IPAddress[]>? next = null;
        string[]? changed = null;
        switch (happened)
        {
            case ReflectorEvent<NodeObject>.Replaced all:
                next = all.Items.ToDictionary(static n => n.Name, static n => n.External, StringComparer.Ordinal);
                break;
            case ReflectorEvent<NodeObject>.Applied one when !Same(_table.Find(one.Item.Name), one.Item.External):
                next = _table.CopyExternal();
                next[one.Item.Name] = one.Item.External;
                changed = [one.Item.Name];
                break;
            case ReflectorEvent<NodeObject>.Deleted gone when _table.Find(gone.Name) is not null:
                next = _table.CopyExternal();
                next.Remove(gone.Name);
                changed = [gone.Name];
                break;
        }

        bool recovered = _failure is not null;
        _failure = null;
        if (recovered)
            Log.NodesRecovered(_logger);
        if (next is not null)
        {
            _table = new NodeTable(next, happened.Version);
            Notify(changed);
        }
    }

    private void Fail(Exception exception)
    {
        EndpointSourceException failure = exception as EndpointSourceException
            ?? new EndpointSourceException($"Reading nodes failed unexpectedly: {exception.GetType().Name}: {exception.Message} It is tried again.", exception);
        bool began = _failure is null;
        bool forbidden = failure.InnerException is KubernetesApiException { StatusCode: 403 };
        _failure = failure;
        if (_table.IsRead)
        {
            if (began)
                Log.NodesStale(_logger, failure.Message);
            return;
        }

        // A refusal is an answer, and stays one through other trouble; without any answer, waiting targets are to hear of the trouble.
        if (_table.Forbidden is not null)
            return;
        _table = forbidden ? NodeTable.NotAllowed(failure.Message) : NodeTable.NotYet(failure);
        if (forbidden && _mode == AddressMode.ExternalOrInternal)
            Log.NodesForbiddenInternal(_logger, failure.Message);
        else if (forbidden)
            Log.NodesForbidden(_logger, failure.Message);
        Notify(null);
    }

    private void Notify(string[]? changed)
    {
        lock (_lock)
        {
            foreach (NodeSubscription subscription in _subscriptions)
                subscription.Notify(changed);
        }
    }

    private static bool Same(IReadOnlyList<IPAddress>? left, IPAddress[] right) => left is not null && left.SequenceEqual(right);
}
