using System.Diagnostics.CodeAnalysis;
using Berth.Logging;
using Berth.ServiceDiscovery.Feeds;
using Berth.ServiceDiscovery.Names;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.ServiceDiscovery;

namespace Berth.ServiceDiscovery.Providers;

/// <summary>Claims the names that are Berth's, and no others: with client defaults the host of every request comes through here.</summary>
internal sealed class BerthServiceEndpointProviderFactory : IServiceEndpointProviderFactory, IAsyncDisposable
{
    private readonly BerthServiceDiscoveryOptions _options;
    private readonly NameResolution _names;
    private readonly PodServiceEndpoints _pods;
    private readonly ViewFeeds _feeds;
    private readonly Random _random;

    /// <summary>Creates the factory.</summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The default turn; tests give their own.")]
    public BerthServiceEndpointProviderFactory(
        IServiceProvider services, IOptions<BerthServiceDiscoveryOptions> options, ILoggerFactory loggers)
    {
        _options = options.Value;
        _options.Close();
        _names = new NameResolution(services, _options);
        _pods = new PodServiceEndpoints(_options.HostName);
        _feeds = new ViewFeeds(_options.TimeProvider, loggers.CreateSafeLogger("Berth.ServiceDiscovery"));
        _random = _options.Random ?? Random.Shared;
    }

    /// <inheritdoc/>
    public bool TryCreateProvider(ServiceEndpointQuery query, [NotNullWhen(true)] out IServiceEndpointProvider? provider)
    {
        string host = query.ServiceName;
        provider = null;
        if (_names.FindExact(host) is { } exact)
            provider = Provide(query, exact, null);
        else if (TargetName.HasSuffix(host, _options.Suffix))
            provider = TargetName.TryParse(host, _options.Suffix!, out TargetName? name, out string? fault)
                ? Provide(query, _names.Find(name, query.ToString()!), name.Pod)
                : new RefusingProvider(fault);
        return provider is not null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _feeds.DisposeAsync();

    private IServiceEndpointProvider Provide(ServiceEndpointQuery query, Func<EndpointView> getView, string? pod)
    {
        string? scheme = _options.Scheme;
        if (scheme is not null && query.IncludedSchemes.Count > 0 && !query.IncludedSchemes.Contains(scheme, StringComparer.Ordinal))
        {
            return new RefusingProvider(
                $"'{query}' asks for {string.Join(" or ", query.IncludedSchemes)}, and the pods speak {scheme} (Scheme). Write " +
                $"{scheme}:// in the URL, or change Scheme.");
        }

        EndpointChoice choice = new(pod, query.EndpointName, scheme);
        return new BerthServiceEndpointProvider(() => _feeds.Of(getView()), _pods, choice, _options, _random);
    }
}
