using Berth.Kubernetes.Diagnostics;
using Berth.Kubernetes.Reflector;
using Berth.Signals;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Nodes;

/// <summary>
/// The nodes of the cluster, listed and watched once for all targets of a source, from the first target on that needs them. A failure
/// leaves what was read in use, and the table says so.
/// </summary>
internal sealed class NodeFeed : IAsyncDisposable
{
    private readonly ReflectorLoop<NodeObject> _loop;
    private readonly Latest<NodeTable> _tables = new(NodeTable.Unread);
    private readonly AddressMode _mode;
    private readonly ILogger _logger;

    public NodeFeed(ListWatchReflector<NodeObject> reflector, AddressMode mode, TimeProvider time, IBackoffPolicy backoff, ILogger logger)
    {
        _loop = new ReflectorLoop<NodeObject>(reflector, time, backoff, Take, Fail);
        _mode = mode;
        _logger = logger;
    }

    /// <summary>What is known now.</summary>
    public NodeTable Table => _tables.Value;

    /// <summary>Starts to read, if that has not been done.</summary>
    public void Start() => _loop.Start();

    /// <summary>Completes once the table is another than the one that the caller has seen.</summary>
    public Task WaitAsync(NodeTable seen) => _tables.WaitAsync(seen);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private void Take(ReflectorEvent<NodeObject> happened)
    {
        NodeTable before = _tables.Value;
        NodeTable next = happened switch
        {
            ReflectorEvent<NodeObject>.Replaced all => NodeTable.Of(all.Items, all.Version),
            ReflectorEvent<NodeObject>.Applied one => before.With(one.Item, one.Version),
            ReflectorEvent<NodeObject>.Deleted gone => before.Without(gone.Name, gone.Version),
            _ => before.Confirmed(),
        };
        if (ReferenceEquals(next, before))
            return;
        try
        {
            if (before.Forbidden is not null || before is { IsRead: true, Failure: not null })
                Log.NodesRecovered(_logger);
        }
        finally
        {
            _tables.Swap(next);
        }
    }

    private void Fail(Exception exception)
    {
        EndpointSourceException failure = exception as EndpointSourceException
            ?? new EndpointSourceException(
                $"Reading nodes failed unexpectedly: {exception.GetType().Name}: {exception.Message} It is tried again.", exception);
        NodeTable before = _tables.Value;
        // A refusal is an answer, and stays one through other failures. Of a failure that goes on, the first reason stays.
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
