using System.Globalization;
using Berth.ServiceDiscovery.Names;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.ServiceDiscovery.Providers;

/// <summary>Finds the view that a host name stands for: a mapped name, the name of a registered view, or a name with the suffix.</summary>
internal sealed class NameResolution(IServiceProvider services, BerthServiceDiscoveryOptions options)
{
    /// <summary>
    /// Returns what finds the view of a mapped name or of a registered view, or null when the host is neither.
    /// </summary>
    public Func<EndpointView>? FindExact(string host)
    {
        if (options.Mapped.TryGetValue(host, out MappedName? mapped))
            return () => Directory(host).Follow(mapped.Target, mapped.Ports);
        return services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(EndpointView), host) == true
            ? () => services.GetRequiredKeyedService<EndpointView>(host)
            : null;
    }

    /// <summary>Returns what finds the view of a name that states its target.</summary>
    /// <param name="name">The name.</param>
    /// <param name="query">The whole query, whose port is the base port of a target that is not mapped.</param>
    public Func<EndpointView> Find(TargetName name, string query)
    {
        ServiceTarget target = name.Target;
        if (options.Mapped.Values.FirstOrDefault(mapped => mapped.Target == target) is { } known)
            return () => Directory(query).Follow(target, known.Ports);
        return () => services.GetKeyedServices<EndpointView>(KeyedService.AnyKey).FirstOrDefault(view => view.Target == target)
            ?? Directory(query).Follow(target, PortsIn(query) ?? options.DefaultPorts);
    }

    private static PortScheme? PortsIn(string query)
    {
        int end = query.IndexOf("://", StringComparison.Ordinal);
        string authority = (end < 0 ? query : query[(end + 3)..]).Split('/', 2)[0];
        int colon = authority.LastIndexOf(':');
        return colon >= 0 && ushort.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            && port > 0 ? PortScheme.PerOrdinal(port) : null;
    }

    private EndpointDirectory Directory(string name) => services.GetService<EndpointDirectory>() ?? throw new InvalidOperationException(
        $"'{name}' cannot be resolved, because no EndpointDirectory is registered. Call builder.AddBerth() of Berth.Extensions.Hosting, " +
        "or register one with services.AddSingleton.");
}
