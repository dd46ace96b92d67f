using System.Net;
using System.Net.Sockets;
using Berth.Kubernetes.Nodes;

namespace Berth.Kubernetes.Slices;

/// <summary>Makes of a pod's sources either an endpoint that can be dialled, or the reason why it cannot.</summary>
internal sealed class PodResolver(ServiceTarget target, PortScheme ports, AddressMode mode, IPFamily preferred)
{
    /// <summary>True when what comes out depends on nodes.</summary>
    public bool NeedsNodes => mode != AddressMode.Internal;

    /// <summary>What is known of nodes; only read where it is needed.</summary>
    public NodeTable Nodes { get; set; } = NodeTable.Unread;

    /// <summary>Puts the outcome into a snapshot.</summary>
    public void Resolve(string key, in PodSources sources, SnapshotBuilder builder)
    {
        SliceEndpoint leader = PodMerge.Lead(sources);
        ExcludedPod? fault = TryResolve(key, sources, leader, out PodEndpoint? endpoint);
        if (fault is not null)
            builder.Exclude(fault);
        else
            builder.Set(endpoint!);
    }

    private ExcludedPod? TryResolve(string key, in PodSources sources, SliceEndpoint leader, out PodEndpoint? endpoint)
    {
        endpoint = null;
        if (leader.PodName is null)
            return new ExcludedPod(key, ExclusionReason.NoName, $"slice {leader.Slice.Name} states neither a pod nor a hostname for it");
        IPAddress[] addresses = PodMerge.Addresses(sources, leader, preferred);
        if (addresses.Length == 0)
            return new ExcludedPod(key, leader.Fault?.Reason ?? ExclusionReason.NoAddress, leader.Fault?.Detail ?? "the slices state no address for it");
        int? ordinal = null;
        if (ports.NeedsOrdinal)
        {
            if (!PodOrdinal.TryParse(leader.PodName, out int parsed, out string? noOrdinal))
                return new ExcludedPod(key, ExclusionReason.NoOrdinal, noOrdinal);
            ordinal = parsed;
        }

        if (!ports.TryResolve(ordinal, leader.Slice.Ports, out IReadOnlyList<EndpointPort> resolved, out string? noPort))
            return new ExcludedPod(key, ReasonWithoutPort(leader), noPort);
        if (NeedsNodes && TryGoOutside(key, leader, ref addresses) is { } fault)
            return fault;
        endpoint = Make(leader, ordinal, addresses, resolved);
        return null;
    }

    private PodEndpoint Make(SliceEndpoint leader, int? ordinal, IPAddress[] addresses, IReadOnlyList<EndpointPort> resolved) => new()
    {
        Name = leader.PodName!,
        Namespace = target.Namespace,
        Uid = leader.Uid.ToString(),
        Ordinal = ordinal,
        Addresses = addresses,
        Ports = resolved,
        Node = leader.Node,
        Zone = leader.Zone,
        Ready = leader.Ready,
        Serving = leader.Serving,
        Terminating = leader.Terminating,
    };

    /// <summary>Where not even ordinal 0 has a port, it is the Service that lacks one.</summary>
    private ExclusionReason ReasonWithoutPort(SliceEndpoint leader) =>
        ports.NeedsServicePorts && !ports.TryResolve(0, leader.Slice.Ports, out _, out _) ? ExclusionReason.NoServicePort : ExclusionReason.PortOutOfRange;

    private ExcludedPod? TryGoOutside(string key, SliceEndpoint leader, ref IPAddress[] addresses)
    {
        if (Nodes.Forbidden is { } rule)
            return mode == AddressMode.ExternalOrInternal ? null : new ExcludedPod(key, ExclusionReason.ExternalAddressUnknown, $"nodes may not be read: {rule.TrimEnd('.')}");
        if (leader.Node is null)
            return new ExcludedPod(key, ExclusionReason.ExternalAddressUnknown, "the slice does not state its node");
        if (Nodes.Find(leader.Node) is not { } external)
            return new ExcludedPod(key, ExclusionReason.ExternalAddressUnknown, $"nothing is known of node {leader.Node} yet");
        if (external.Count > 0)
        {
            addresses = Order(external);
            return null;
        }

        return mode == AddressMode.ExternalOrInternal
            ? null
            : new ExcludedPod(key, ExclusionReason.NoExternalAddress, $"node {leader.Node} has no address of type ExternalIP");
    }

    private IPAddress[] Order(IReadOnlyList<IPAddress> external)
    {
        AddressFamily first = preferred == IPFamily.IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        return [.. external.Where(a => a.AddressFamily == first), .. external.Where(a => a.AddressFamily != first)];
    }
}
