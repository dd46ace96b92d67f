using System.Net;
using Berth.Kubernetes.Nodes;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Compares the addresses of one target's pods with those of their nodes, when nodes are read, and records the differences.
/// </summary>
internal sealed class AddressChecks(PodsByNode byNode)
{
    // The pods that are not on the host network, with their nodes, and the number of them on each node.
    private readonly Dictionary<string, string> _elsewhere = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _countByNode = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _moved = new(StringComparer.Ordinal);

    /// <summary>Finds the owner of addresses. If a node states no address of a family, the owner in that family is not known.</summary>
    public static AddressOrigin OriginOf(IReadOnlyList<IPAddress> stated, NodeAddresses node)
    {
        AddressOrigin found = AddressOrigin.Node;
        foreach (IPAddress address in stated)
        {
            if (!Array.Exists(node.Internal, own => own.AddressFamily == address.AddressFamily)
                || node.Internal.Contains(address) || node.External.Contains(address))
                continue;
            found = node.Former.Contains(address) ? AddressOrigin.FormerNode : AddressOrigin.Elsewhere;
        }

        return found;
    }

    /// <summary>Records the owner of a pod's addresses.</summary>
    public void Note(string key, string node, AddressOrigin origin)
    {
        Forget(key);
        if (origin == AddressOrigin.FormerNode)
            _moved.Add(key);
        if (origin != AddressOrigin.Elsewhere)
            return;
        _elsewhere[key] = node;
        _countByNode[node] = _countByNode.GetValueOrDefault(node) + 1;
    }

    /// <summary>Removes a pod.</summary>
    public void Forget(string key)
    {
        if (_moved.Count > 0)
            _moved.Remove(key);
        if (_elsewhere.Count == 0 || !_elsewhere.Remove(key, out string? node))
            return;
        if (--_countByNode[node] == 0)
            _countByNode.Remove(node);
    }

    /// <summary>
    /// Some pods of a node are on the host network and others are not: hostNetwork was changed, and the rollout has not ended.
    /// </summary>
    public EndpointWarning? FindMixed()
    {
        List<string>? mixed = null;
        foreach ((string node, int count) in _countByNode)
        {
            if (byNode.Find(node).Count > count)
                (mixed ??= []).Add(node);
        }

        return mixed is null ? null : new EndpointWarning(
            EndpointWarningKind.MixedNetworks,
            $"On {NameList.Of("node", [.. mixed.Order(StringComparer.Ordinal)])} some pods of this target have the node's address and "
                + "others have addresses of their own. The hostNetwork of their template was changed: end the rollout.");
    }

    /// <summary>Pods with a former address of their node.</summary>
    public EndpointWarning? FindMoved() => _moved.Count == 0 ? null : new EndpointWarning(
        EndpointWarningKind.NodeAddressChanged,
        $"The slices state for {NameList.Of("pod", _moved)} an address that the node no longer has. A pod keeps the address that "
            + "its node had at its start: delete the pod, and the next one has the new address.");
}
