using System.Net;
using System.Net.Sockets;
using Berth.Kubernetes.Nodes;
using Berth.Kubernetes.Slices;
using Berth.Pods;
using Berth.Ports;

namespace Berth.Kubernetes.Assembly;

/// <summary>Makes of a pod's sources either an endpoint that can be dialled, or the reason why it cannot.</summary>
internal sealed class PodResolver(ServiceTarget target, PortScheme ports, AddressMode mode, IPFamily preferred)
{
    private IReadOnlyList<EndpointPort>? _planned;
    private PortPlan? _plan;

    /// <summary>True when what comes out depends on nodes.</summary>
    public bool NeedsNodes => mode != AddressMode.Internal;

    /// <summary>What is known of nodes; only read where it is needed.</summary>
    public NodeTable Nodes { get; set; } = NodeTable.Unread;

    /// <summary>The outcome: an endpoint, or else why there is none.</summary>
    public PodEndpoint? Resolve(in PodSources sources, out ExcludedPod? excluded)
    {
        excluded = null;
        if (sources.Count == 1 && TryTake(sources[0]) is { } taken)
            return taken;
        SliceEndpoint leader = PodMerge.Lead(sources);
        excluded = TryResolve(leader.Key, sources, leader, out PodEndpoint? endpoint);
        return endpoint;
    }

    /// <summary>Nearly always a single slice says all there is to say of a pod: then what it said becomes the endpoint itself, and nothing is copied.</summary>
    private PodEndpoint? TryTake(SliceEndpoint only)
    {
        PodEndpoint pod = only.Pod;
        SliceObject slice = only.Slice;
        if (NeedsNodes || pod.RawAddresses is not IPAddress || !string.Equals(slice.Namespace, target.Namespace, StringComparison.Ordinal))
            return null;
        if (!ReferenceEquals(_planned, slice.Ports))
            (_plan, _planned) = (ports.PlanFor(slice.Ports), slice.Ports);
        if (_plan is null)
            return null;
        // It may be in a snapshot already, and then stays as it is.
        if (pod.Plan is { } plan)
            return plan.IsSameAs(_plan) ? pod : null;
        if (ports.NeedsOrdinal && (pod.Key is not { Text: PodNamePrefix, Number: int ordinal } || ordinal > _plan.MaxOrdinal))
            return null;
        pod.Adopt(_plan, ports.NeedsOrdinal);
        return pod;
    }

    private ExcludedPod? TryResolve(string key, in PodSources sources, SliceEndpoint leader, out PodEndpoint? endpoint)
    {
        endpoint = null;
        if (!leader.HasName)
            return new ExcludedPod(key, ExclusionReason.NoName, $"slice {leader.Slice.Name} states neither a pod nor a hostname for it");
        IPAddress[] addresses = PodMerge.Addresses(sources, leader, preferred);
        if (addresses.Length == 0)
            return new ExcludedPod(key, leader.Fault?.Reason ?? ExclusionReason.NoAddress, leader.Fault?.Detail ?? "the slices state no address for it");
        int? ordinal = null;
        if (ports.NeedsOrdinal)
        {
            if (!PodOrdinal.TryParse(key, out int parsed, out string? noOrdinal))
                return new ExcludedPod(key, ExclusionReason.NoOrdinal, noOrdinal);
            ordinal = parsed;
        }

        if (!ports.TryResolve(ordinal, leader.Slice.Ports, out IReadOnlyList<EndpointPort> resolved, out string? noPort))
            return new ExcludedPod(key, ReasonWithoutPort(leader), noPort);
        if (NeedsNodes && TryGoOutside(key, leader, ref addresses) is { } fault)
            return fault;
        endpoint = Make(key, leader, ordinal, addresses, resolved);
        return null;
    }

    private PodEndpoint Make(string name, SliceEndpoint leader, int? ordinal, IPAddress[] addresses, IReadOnlyList<EndpointPort> resolved) => new()
    {
        Name = name,
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
