using System.Runtime.CompilerServices;
using Berth.Yarp.Destinations;
using Berth.Yarp.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Berth.Yarp.Resolving;

/// <summary>
/// Gives the proxy the pods of destinations that name a target, from memory, and leaves all others to the resolver that was there before.
/// Once the proxy has started it never fails: the proxy would ignore every change for five minutes.
/// </summary>
internal sealed class PodDestinationResolver : IDestinationResolver, IConfigChangeListener, IAsyncDisposable, IDisposable
{
    private readonly EndpointDirectory _directory;
    private readonly BerthYarpOptions _options;
    private readonly ILogger _logger;
    private readonly Dictionary<(ServiceTarget Target, PortScheme Ports), TargetWatch> _watches = [];
    private readonly ConditionalWeakTable<DestinationConfig, ResolvedDestination> _resolved = [];
    private readonly ChangeSignal _signal;
    private readonly OtherDestinations _others;
    private volatile bool _isStarted;
    private bool _isDisposed;
    private bool _isEnded;

    public PodDestinationResolver(IDestinationResolver others, EndpointDirectory directory, BerthYarpOptions options, ILogger logger)
    {
        _directory = directory;
        _options = options;
        _logger = logger;
        _signal = new ChangeSignal(options.MinChangeInterval, options.TimeProvider, logger);
        _others = new OtherDestinations(others, _signal, options.TimeProvider, logger);
    }

    /// <inheritdoc/>
    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
    {
        if (!destinations.Values.Any(DestinationTemplate.IsMeant))
            return await _others.ResolveAsync(destinations, destinations, _isStarted, cancellationToken).ConfigureAwait(false);
        // Before the pods are read, so that no change falls between the two.
        List<IChangeToken> tokens = [_signal.Token];
        Dictionary<string, DestinationConfig> resolved = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, DestinationConfig> strangers = new(
            destinations.Where(static destination => !DestinationTemplate.IsMeant(destination.Value)), StringComparer.OrdinalIgnoreCase);
        if (strangers.Count > 0)
        {
            ResolvedDestinationCollection found =
                await _others.ResolveAsync(destinations, strangers, _isStarted, cancellationToken).ConfigureAwait(false);
            foreach ((string name, DestinationConfig destination) in found.Destinations)
                resolved[name] = destination;
            if (found.ChangeToken is not null)
                tokens.Add(found.ChangeToken);
        }

        foreach ((string name, DestinationConfig destination) in destinations.OrderBy(static d => d.Key, StringComparer.Ordinal))
        {
            if (DestinationTemplate.IsMeant(destination))
                await AddPodsAsync(name, destination, resolved, cancellationToken).ConfigureAwait(false);
        }

        return new ResolvedDestinationCollection(resolved, tokens.Count == 1 ? tokens[0] : new CompositeChangeToken(tokens));
    }

    /// <inheritdoc/>
    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs) => _isStarted = true;

    /// <inheritdoc/>
    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception)
    {
    }

    /// <inheritdoc/>
    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
    }

    /// <inheritdoc/>
    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception)
    {
    }

    public void Dispose()
    {
        lock (_watches)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            foreach (TargetWatch watch in _watches.Values)
                watch.Stop();
        }

        _others.Dispose();
        _signal.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        TargetWatch[] watches;
        lock (_watches)
        {
            // The container disposes the resolver once for each of its services.
            watches = _isEnded ? [] : [.. _watches.Values];
            _isEnded = true;
        }

        await Task.WhenAll(watches.Select(static watch => watch.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private async ValueTask AddPodsAsync(
        string name, DestinationConfig destination, Dictionary<string, DestinationConfig> resolved, CancellationToken cancellationToken)
    {
        if (!DestinationTemplate.TryCreate(destination, _options, out DestinationTemplate? template, out string? fault))
        {
            // A wrong destination ends the start, like every other wrong setting. Later, only that destination has no pods.
            if (!_isStarted)
                throw new InvalidOperationException($"The destination '{name}' cannot be used: {fault}");
            Log.DestinationRefused(_logger, name, fault);
            return;
        }

        IReadOnlyList<PodEndpoint> pods = await FindPodsAsync(template, cancellationToken).ConfigureAwait(false);
        if (!_resolved.TryGetValue(destination, out ResolvedDestination? known) || !ReferenceEquals(known.Pods, pods))
        {
            known = ResolvedDestination.Of(template, pods);
            _resolved.AddOrUpdate(destination, known);
        }

        foreach ((string pod, DestinationConfig podDestination) in known.Destinations)
        {
            // Two targets of one cluster may have pods of one name.
            string unique = resolved.ContainsKey(pod) ? $"{pod}.{template.Target.Service}.{template.Target.Namespace}" : pod;
            resolved[unique] = podDestination;
        }
    }

    private async ValueTask<IReadOnlyList<PodEndpoint>> FindPodsAsync(DestinationTemplate template, CancellationToken cancellationToken)
    {
        try
        {
            // Only the start waits. Later a wait would delay the changes of all clusters.
            if (!_isStarted)
                await _directory.GetEndpointsAsync(template.Target, template.Ports, cancellationToken).ConfigureAwait(false);
        }
        catch (EndpointSourceException exception)
        {
            Log.StartedWithout(_logger, template.Target, exception.Message);
        }

        return Watch(template)?.Pods ?? [];
    }

    private TargetWatch? Watch(DestinationTemplate template)
    {
        (ServiceTarget, PortScheme) key = (template.Target, template.Ports);
        // Several providers of configuration are loaded at the same time.
        lock (_watches)
        {
            TargetWatch? known = _watches.GetValueOrDefault(key);
            if (known is { Running.IsCompleted: false } || _isDisposed)
                return known;
            try
            {
                return _watches[key] = new TargetWatch(
                    _directory.Follow(template.Target, template.Ports), _options.TimeProvider, _logger, _signal.Change);
            }
            catch (ObjectDisposedException exception)
            {
                Log.FollowingEnded(_logger, template.Target, exception);
                return known;
            }
        }
    }
}
