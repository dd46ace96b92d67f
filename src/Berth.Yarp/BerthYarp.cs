using Berth.Checks;
using Berth.Logging;
using Berth.Yarp.Affinity;
using Berth.Yarp.Diagnostics;
using Berth.Yarp.Resolving;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;
using Yarp.ReverseProxy.SessionAffinity;

namespace Berth.Yarp;

/// <summary>Lets YARP's clusters follow the pods of a target, and requests name their pod.</summary>
public static class BerthYarp
{
    private const string OthersKey = "Berth.Yarp.Others";

    /// <summary>
    /// Replaces destinations that name a target (<see cref="BerthDestination"/>) by its pods, and adds the session affinity policy
    /// <see cref="BerthPodAffinity.Name"/>. Other destinations go to the destination resolver that was added before, if any.
    /// </summary>
    /// <remarks>
    /// The services need an <see cref="EndpointDirectory"/>, whose owner disposes it. While the proxy starts it waits for the first
    /// snapshots, at most as long as the directory does.
    /// </remarks>
    /// <param name="builder">The builder of the reverse proxy.</param>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    /// <exception cref="InvalidOperationException">It was added before, or the host is built already.</exception>
    public static IReverseProxyBuilder AddBerthDestinations(this IReverseProxyBuilder builder, BerthYarpOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        BerthYarpOptions checkedOptions = options ?? new BerthYarpOptions();
        OptionFaults.Throw(checkedOptions.FindFaults(), nameof(options));
        IServiceCollection services = builder.Services;
        if (services.IsReadOnly)
        {
            throw new InvalidOperationException(
                "The host is built already: destinations that are pods cannot be added. Call AddBerthDestinations before Build().");
        }

        if (services.Any(static service => service.ServiceType == typeof(PodDestinationResolver)))
            throw new InvalidOperationException("AddBerthDestinations was called twice. Call it once, with the ports of all targets.");
        MoveOthers(services);
        services.AddSingleton(provider => new PodDestinationResolver(
            provider.GetRequiredKeyedService<IDestinationResolver>(OthersKey), FindDirectory(provider), checkedOptions, Logger(provider)));
        services.AddSingleton<IDestinationResolver>(static provider => provider.GetRequiredService<PodDestinationResolver>());
        services.AddSingleton<IConfigChangeListener>(static provider => provider.GetRequiredService<PodDestinationResolver>());
        services.AddSingleton<IProxyConfigFilter, AffinityDefaults>();
        services.AddSingleton<ISessionAffinityPolicy>(provider => new PodAffinityPolicy(checkedOptions, Logger(provider)));
        services.AddSingleton<IAffinityFailurePolicy, PodUnavailablePolicy>();
        return builder;
    }

    /// <summary>Keeps the resolver that was there, under a key, so that its provider creates and disposes it as before.</summary>
    private static void MoveOthers(IServiceCollection services)
    {
        ServiceDescriptor others = services.Last(static service =>
            service.ServiceType == typeof(IDestinationResolver) && !service.IsKeyedService);
        services.Remove(others);
        services.Add(
            others.ImplementationInstance is { } instance
                ? ServiceDescriptor.KeyedSingleton(typeof(IDestinationResolver), OthersKey, instance)
            : others.ImplementationFactory is { } factory
                ? ServiceDescriptor.DescribeKeyed(
                    typeof(IDestinationResolver), OthersKey, (provider, _) => factory(provider), others.Lifetime)
                : ServiceDescriptor.DescribeKeyed(typeof(IDestinationResolver), OthersKey, others.ImplementationType!, others.Lifetime));
    }

    private static ILogger Logger(IServiceProvider provider) => provider.GetRequiredService<ILoggerFactory>().CreateSafeLogger(Log.Name);

    private static EndpointDirectory FindDirectory(IServiceProvider services) =>
        services.GetService<EndpointDirectory>() ?? throw new InvalidOperationException(
            "There is no EndpointDirectory for destinations that are pods. Register one, such as "
            + "services.AddSingleton(KubernetesEndpoints.Connect()).");
}
