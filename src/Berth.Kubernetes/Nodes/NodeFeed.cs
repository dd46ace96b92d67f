using System.Net;
using Berth.Kubernetes.Diagnostics;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.Reflector;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes.Nodes;

/// <summary>
/// The nodes of the cluster, listed and watched once for all targets of a source, from the first target on that needs them. It supervises
/// itself; what was once read stays through any trouble.
/// </summary>
internal sealed class NodeFeed(ListWatchReflector<NodeObject> reflector, AddressMode mode, TimeProvider time, IBackoffPolicy backoff, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<NodeSubscription> _subscriptions = [];
    private volatile NodeTable _table = NodeTable.Unread;
    private EndpointSourceException? _failure;
    private Task? _running;

    /// <summary>What is known now.</summary>
    public NodeTable Table => _table;

    /// <summary>Follows the nodes.</summary>
    public NodeSubscription Subscribe()
    {
        lock (_lock)
        {
            NodeSubscription subscription = new();
            _subscriptions.Add(subscription);
            _running ??= Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
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
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task? running;
        lock (_lock)
            running = _running;
        if (running is not null)
            await running.ConfigureAwait(false);
        reflector.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        int failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Take(await reflector.NextAsync(stopping).ConfigureAwait(false));
                failures = 0;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                EndpointSourceException failure = Fail(exception);
                TimeSpan delay = backoff.NextDelay(++failures);
                delay = failure.RetryAfter is { } asked && asked > delay ? asked : delay;
                await Task.Delay(delay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

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
            Log.NodesRecovered(logger);
        if (next is not null)
        {
            _table = new NodeTable(next, happened.Version);
            Notify(changed);
        }
    }

    private EndpointSourceException Fail(Exception exception)
    {
        EndpointSourceException failure = exception as EndpointSourceException
            ?? new EndpointSourceException($"Reading nodes failed unexpectedly: {exception.GetType().Name}: {exception.Message} It is tried again.", exception);
        bool began = _failure is null;
        bool forbidden = failure.InnerException is KubernetesApiException { StatusCode: 403 };
        _failure = failure;
        if (_table.IsRead)
        {
            if (began)
                Log.NodesStale(logger, failure.Message);
            return failure;
        }

        // A refusal is an answer, and stays one through other trouble; without any answer, waiting targets are to hear of the trouble.
        if (_table.Forbidden is not null)
            return failure;
        _table = forbidden ? NodeTable.NotAllowed(failure.Message) : NodeTable.NotYet(failure);
        if (forbidden && mode == AddressMode.ExternalOrInternal)
            Log.NodesForbiddenInternal(logger, failure.Message);
        else if (forbidden)
            Log.NodesForbidden(logger, failure.Message);
        Notify(null);
        return failure;
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
