using System.Net;
using System.Net.Sockets;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Nodes;
using Berth.Kubernetes.Slices;
using Berth.Pods;
using Berth.Ports;
using Berth.Sources;

namespace Berth.Kubernetes.Assembly;

/// <summary>Turns the sources of a pod into an endpoint that can be dialled, or into the reason why it cannot be dialled.</summary>
internal sealed class PodResolver(ServiceTarget target, PortScheme ports, AddressRules rules)
{
    private readonly AddressFamilies _families = rules.Families;

    private IReadOnlyList<EndpointPort>? _ruled;
    private PortRule? _rule;

    /// <summary>The target that these pods belong to.</summary>
    public ServiceTarget Target => target;

    /// <summary>True when the result depends on ordinals.</summary>
    public bool NeedsOrdinal => ports.NeedsOrdinal;

    /// <summary>True when the result depends on nodes.</summary>
    public bool NeedsNodes => rules.Mode != AddressMode.Internal;

    /// <summary>The known nodes. Used only when addresses depend on nodes.</summary>
    public NodeTable Nodes { get; set; } = NodeTable.Unread;

    /// <summary>Records the owners of the addresses; only when nodes are needed.</summary>
    public AddressChecks? Checks { get; set; }

    /// <summary>Records external addresses that appear and disappear; only when internal ones may replace them.</summary>
    public AddressFlips? Flips { get; init; }

    private string Only => _families.First() == AddressFamily.InterNetwork ? "IPv4" : "IPv6";

    /// <summary>Returns an endpoint, or the reason why there is none.</summary>
    public PodEndpoint? Resolve(in PodSources sources, out LeftOutPod? leftOut)
    {
        leftOut = null;
        if (sources.Count == 1 && sources[0] is SlicePod only && TryTake(only))
            return only;
        ISliceEndpoint leader = PodMerge.Lead(sources);
        leftOut = TryResolve(leader.Key.ToString()!, sources, leader, out PodEndpoint? endpoint);
        return endpoint;
    }

    /// <summary>The short way for a pod that a single slice states, as nearly always. Readers get its endpoint without a copy.</summary>
    /// <returns>False when the pod must be resolved from all its sources.</returns>
    public bool TryTake(SlicePod only)
    {
        if (NeedsNodes || !_families.Takes(only.Address.AddressFamily))
            return false;
        SliceObject slice = only.Slice!;
        if (!string.Equals(slice.Namespace, target.Namespace, StringComparison.Ordinal))
            return false;
        if (!ReferenceEquals(_ruled, slice.Ports))
            (_rule, _ruled) = (ports.RuleFor(slice.Ports), slice.Ports);
        return _rule is not null && only.TryTake(_rule);
    }

    private LeftOutPod? TryResolve(string key, in PodSources sources, ISliceEndpoint leader, out PodEndpoint? endpoint)
    {
        endpoint = null;
        if (!leader.HasName)
            return new LeftOutPod(key, LeftOutReason.NoName, $"slice {leader.Slice!.Name} states neither a pod nor a hostname for it");
        IPAddress[] stated = PodMerge.Addresses(sources, leader, _families.First());
        if (stated.Length == 0)
        {
            return new LeftOutPod(
                key, leader.Fault?.Reason ?? LeftOutReason.NoAddress, leader.Fault?.Detail ?? "the slices state no address for it");
        }

        int? ordinal = null;
        if (ports.NeedsOrdinal)
        {
            if (!PodOrdinal.TryParse(key, out int parsed, out string? noOrdinal))
                return new LeftOutPod(key, LeftOutReason.NoOrdinal, noOrdinal);
            ordinal = parsed;
        }

        if (!ports.TryResolve(ordinal, leader.Slice!.Ports, out IReadOnlyList<EndpointPort> resolved, out string? noPort))
        {
            LeftOutReason reason = ReasonWithoutPort(leader);
            string hint = reason == LeftOutReason.NoServicePort ? $"; {HintWithoutPort(leader.Slice!)}" : "";
            return new LeftOutPod(key, reason, noPort + hint);
        }

        if (FindAddresses(key, leader, stated, out NamedAddresses found) is { } fault)
            return fault;
        endpoint = Make(key, leader, found, resolved, ordinal);
        return null;
    }

    private PodEndpoint Make(
        string key, ISliceEndpoint leader, NamedAddresses found, IReadOnlyList<EndpointPort> resolved, int? ordinal)
    {
        (bool ready, bool serving, bool terminating) = (leader.Ready, leader.Serving, leader.Terminating);
        string? uid = leader.UidValue.ToString();
        // The template of the options comes before a name that the node or the map has.
        if (rules.Host is { } template)
        {
            return new TemplatedEndpoint(
                key, target.Namespace, found.Addresses, resolved, ordinal, ready, serving, terminating, template)
            {
                ListedUid = uid, ListedNode = leader.Node, ListedZone = leader.Zone, ListedCluster = leader.Cluster,
            };
        }

        return PodEndpoint.Create(
            key, target.Namespace, found.Addresses, resolved, ordinal, uid, leader.Node, leader.Zone, ready, serving, terminating,
            found.Host, leader.Cluster);
    }

    /// <summary>Returns the reason why a pod has no port. If even ordinal 0 has none, the Service declares none.</summary>
    private LeftOutReason ReasonWithoutPort(ISliceEndpoint leader) =>
        ports.NeedsServicePorts && !ports.TryResolve(0, leader.Slice!.Ports, out _, out _)
            ? LeftOutReason.NoServicePort
            : LeftOutReason.PortOutOfRange;

    /// <summary>A slice has the ports that its pods resolve, so one slice may lack a port that another has.</summary>
    private static string HintWithoutPort(SliceObject slice)
    {
        string ports = string.Join(", ", slice.Ports.Select(static p => $"{(p.Name.Length == 0 ? "(unnamed)" : p.Name)} ({p.Number})"));
        return $"slice {slice.Name} has {(ports.Length == 0 ? "no port" : ports)}: the Service has none of that name, or its targetPort is "
            + "a name that the pod's containers do not declare";
    }

    private LeftOutPod? FindAddresses(string key, ISliceEndpoint leader, IPAddress[] stated, out NamedAddresses found)
    {
        found = NamedAddresses.None;
        if (NeedsNodes && FindExternal(key, leader, stated, out found) is var fault && (fault is not null || found.Addresses.Length > 0))
            return fault;
        found = found with { Addresses = Wanted(stated) };
        return found.Addresses.Length > 0
            ? null
            : new LeftOutPod(key, LeftOutReason.NoAddress, $"the slices state no {Only} address for it");
    }

    /// <summary>Finds the external addresses and the host name. No address means that the internal ones replace them.</summary>
    private LeftOutPod? FindExternal(string key, ISliceEndpoint leader, IPAddress[] stated, out NamedAddresses found)
    {
        found = NamedAddresses.None;
        if (FindNode(key, leader, out NodeAddresses? node) is { } unknown)
            return unknown;
        AddressOrigin origin = node is null ? AddressOrigin.Node : AddressChecks.OriginOf(stated, node);
        if (node is not null)
            Checks?.Note(key, leader.Node!, origin);
        if (origin == AddressOrigin.Elsewhere)
            return rules.Mode == AddressMode.ExternalOrInternal ? null : Elsewhere(key, leader.Node!, stated, node!);
        found = Search(leader.Node, stated, node);
        Flips?.Note(leader.Node ?? stated[0].ToString(), found.Addresses.Length > 0);
        if (found.Addresses.Length > 0 || rules.Mode == AddressMode.ExternalOrInternal)
            return null;
        return Nodes.Forbidden is { } rule
            ? new LeftOutPod(key, LeftOutReason.ExternalAddressUnknown, $"nodes may not be read: {rule.TrimEnd('.')}")
            : new LeftOutPod(key, LeftOutReason.NoExternalAddress, WithoutExternal(leader, stated, node, found.Host));
    }

    /// <summary>Finds the known addresses of the pod's node. Null when nodes are not read, or reading them is forbidden.</summary>
    private LeftOutPod? FindNode(string key, ISliceEndpoint leader, out NodeAddresses? node)
    {
        node = null;
        if (Nodes.IsUnused || Nodes.Forbidden is not null)
            return null;
        if (leader.Node is null)
            return new LeftOutPod(key, LeftOutReason.ExternalAddressUnknown, "the slice does not state its node");
        node = Nodes.Find(leader.Node);
        return node is null
            ? new LeftOutPod(key, LeftOutReason.ExternalAddressUnknown, $"nothing is known of node {leader.Node} yet")
            : null;
    }

    /// <summary>
    /// Asks the sources in order. The addresses come from the first source with addresses of a wanted family, and the name from the first
    /// source with a name.
    /// </summary>
    private NamedAddresses Search(string? name, IPAddress[] stated, NodeAddresses? node)
    {
        IPAddress[] addresses = [];
        string? host = null;
        int mark = 0;
        foreach (ExternalAddressSource source in rules.From)
        {
            NamedAddresses from = source.Kind == ExternalAddressKind.Map ? Nodes.Map.Find(name, stated)
                : node is null ? NamedAddresses.None
                : source.IsMark ? node.Marks[mark++]
                : source.Kind == ExternalAddressKind.ExternalIP ? new NamedAddresses(node.External, null)
                : new NamedAddresses([], node.Dns);
            if (addresses.Length == 0)
                addresses = Wanted(from.Addresses);
            host ??= from.Host;
        }

        return new NamedAddresses(addresses, host);
    }

    private string WithoutExternal(ISliceEndpoint leader, IPAddress[] stated, NodeAddresses? node, string? host)
    {
        string name = host is null ? "" : $" (it has the name {host}, and --address external needs an address)";
        if (rules.From is [{ Kind: ExternalAddressKind.ExternalIP }])
        {
            string family = node!.External.Length == 0 ? "" : $"{Only} ";
            return $"node {leader.Node} has no {family}address of type ExternalIP";
        }

        return $"node {leader.Node ?? "(not stated)"} of address {Join(stated)} has no external {Only} address by "
            + string.Join(", ", rules.From) + name;
    }

    private static LeftOutPod Elsewhere(string key, string name, IPAddress[] stated, NodeAddresses node) => new(
        key, LeftOutReason.NotOnHostNetwork,
        $"its address {Join(stated)} is none of node {name} ({Join(node.Internal)}), so it is not on the host network, and nothing "
            + "listens for it on the node's external address; if the node has got another address since, delete the pod");

    private static string Join(IEnumerable<IPAddress> addresses) => string.Join(", ", addresses);

    /// <summary>Returns the addresses of the wanted families, in their order.</summary>
    private IPAddress[] Wanted(IReadOnlyList<IPAddress> addresses)
    {
        AddressFamily first = _families.First();
        return [.. addresses.Where(a => _families.Takes(a.AddressFamily)).OrderBy(a => a.AddressFamily == first ? 0 : 1)];
    }
}
