using Berth.Pods;
using Berth.Ports;

namespace Berth.Remote.Wire;

/// <summary>Checks the stated parts of a pod, and creates the endpoint. Not safe for several threads.</summary>
internal sealed class PodMaker(ServiceTarget target, PortScheme scheme)
{
    private readonly PodPorts _ports = new(scheme);

    /// <summary>Creates the endpoint.</summary>
    /// <exception cref="WatchFormatException">It is no pod, or not one of this client's port scheme.</exception>
    public PodEndpoint Make(PodDraft pod)
    {
        Check(pod);
        int? used = scheme.NeedsOrdinal && pod.Name.Prefix is not null ? pod.Name.Number : null;
        IReadOnlyList<EndpointPort>? ports = null;
        PortRule? rule = _ports.FindRule(used, pod.Ports);
        if (rule is null)
            ports = _ports.Find(pod.Name, used, pod.Ports, out rule);
        PodEndpoint made = TryMakeCompact(pod, rule) ?? PodEndpoint.Create(
            pod.Name.ToString()!, target.Namespace, [.. pod.Addresses], [.. ports ?? rule!.All(used ?? 0)], used, pod.Uid.ToString(),
            pod.Scope.Node, pod.Scope.Zone, pod.Ready, pod.Serving, pod.Terminating, pod.Host, pod.Scope.Cluster);
        return pod.Cordoned ? new MarkedEndpoint(made, cordoned: true, lastResort: false) : made;
    }

    private static RemotePod? TryMakeCompact(PodDraft pod, PortRule? rule) =>
        rule is not null && pod.Addresses.Count == 1 && pod.Host is null
            ? RemotePod.TryMake(pod.Name, pod.Scope, pod.Uid, pod.Addresses[0], pod.Ready, pod.Serving, pod.Terminating, rule)
            : null;

    private static void Check(PodDraft pod)
    {
        if (!pod.Name.IsStated)
            throw new WatchFormatException("it states a pod without a name");
        if (pod.Addresses.Count == 0 || pod.Ports.Count == 0)
            throw new WatchFormatException($"it states the pod {pod.Name} without an address or without a port");
        // The ordinal must be the one in the name.
        if (pod.Ordinal is { } stated && (pod.Name.Prefix is null || pod.Name.Number != stated))
            throw new WatchFormatException($"it states the ordinal {stated} for the pod {pod.Name}");
    }
}
