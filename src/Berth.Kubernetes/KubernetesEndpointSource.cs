using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Berth.Checks;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Assembly;
using Berth.Kubernetes.Http;
using Berth.Kubernetes.Nodes;
using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Sharing;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;
using Microsoft.Extensions.Logging;

namespace Berth.Kubernetes;

/// <summary>
/// Reads endpoints from the EndpointSlices (discovery.k8s.io/v1) of a Kubernetes API. It only reads: it uses <c>list</c> and <c>watch</c>
/// of endpointslices in the target's namespace, and of nodes for external addresses.
/// </summary>
public sealed class KubernetesEndpointSource : IEndpointSource, IAsyncDisposable
{
    /// <summary>The name of the meter when none is given.</summary>
    public const string MeterName = "Berth.Kubernetes";

    private readonly KubernetesEndpointSourceOptions _options;
    private readonly ILogger _logger;
    private readonly AddressRules _rules;
    private readonly AddressMapFile? _mapFile;
    private readonly Meter _meter;
    private readonly KubernetesApi _api;
    private readonly ServerTraits _traits;
    private readonly ReflectorMetrics _metrics;
    private readonly Random _random;
    private readonly NamespaceSharing _sharing;
    private readonly Lock _lock = new();
    private NodeFeed? _nodes;
    private bool _disposed;

    /// <summary>Creates a source. It sends no request before a target is read.</summary>
    /// <param name="access">The cluster, from <see cref="KubernetesEndpoints.FindAccess"/>.</param>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    /// <exception cref="ClusterAccessException">The map file became unreadable after it was checked.</exception>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The default jitter; tests give their own.")]
    public KubernetesEndpointSource(ClusterAccess access, KubernetesEndpointSourceOptions? options = null)
        : this(access, options ?? new KubernetesEndpointSourceOptions(), null)
    {
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "The default jitter; tests give their own.")]
    internal KubernetesEndpointSource(ClusterAccess access, KubernetesEndpointSourceOptions options, KubernetesApiOptions? apiOptions)
    {
        ArgumentNullException.ThrowIfNull(access);
        OptionFaults.Throw(options.FindFaults(), nameof(options));
        _options = options;
        _logger = options.Logger;
        _rules = options.Rules;
        _mapFile = _rules.MapFile is { } path ? new AddressMapFile(path, _logger) : null;
        _meter = options.Meter ?? new Meter(MeterName);
        _api = new KubernetesApi(access, _meter, options.TimeProvider, apiOptions);
        _traits = new ServerTraits(options.StreamingLists);
        _metrics = new ReflectorMetrics(_meter);
        _random = options.Random ?? Random.Shared;
        _sharing = new NamespaceSharing(
            target => Reflect(ResourceQuery.SlicesOf(target), new SliceDecoder(_rules.Host, options.Cluster)),
            ns =>
                new NamespaceSlices(
                    Reflect(ResourceQuery.SlicesIn(ns), new SliceDecoder(_rules.Host, options.Cluster)), options.TimeProvider,
                    new ExponentialBackoff(NextRandom())));
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The source is disposed.</exception>
    public IEndpointStream Open(ServiceTarget target, PortScheme ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        if (target == default)
            throw new ArgumentException("The target names no Service. Make it with a namespace and a name.", nameof(target));
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new SliceStream(
                target, ports, _rules, _sharing.Open(target), Nodes(), _options.TimeProvider, _logger,
                _options.StatefulSetName(target));
        }
    }

    /// <summary>Stops following nodes and closes the connections. Dispose the streams first.</summary>
    public async ValueTask DisposeAsync()
    {
        NodeFeed? nodes;
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            nodes = _nodes;
        }

        if (nodes is not null)
            await nodes.DisposeAsync().ConfigureAwait(false);
        _api.Dispose();
        if (_options.Meter is null)
            _meter.Dispose();
    }

    private NodeFeed? Nodes()
    {
        if (_options.AddressMode == AddressMode.Internal)
            return null;
        return _nodes ??= new NodeFeed(
            _rules.ReadsNodes ? Reflect(ResourceQuery.Nodes, new NodeDecoder(_rules.From)) : null, _mapFile, _options.AddressMode,
            _options.TimeProvider, new ExponentialBackoff(NextRandom()), _logger);
    }

    private ListWatchReflector<T> Reflect<T>(ResourceQuery query, IResourceDecoder<T> decoder)
        where T : class, IResource
    {
        _metrics.Announce(query.Resource);
        return new(new ReflectorContext<T>(_api, query, decoder, _traits, _metrics, _options.TimeProvider, NextRandom()));
    }

    /// <summary>Creates a Random for one reader, because a Random is not safe for several threads.</summary>
    private Random NextRandom()
    {
        // Targets call this at their first read, each on its own thread.
        lock (_random)
            return new Random(_random.Next());
    }
}
