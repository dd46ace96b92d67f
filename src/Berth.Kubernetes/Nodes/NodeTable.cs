using Berth.Kubernetes.Addresses;

namespace Berth.Kubernetes.Nodes;

/// <summary>The known addresses of nodes, the failure to read them, and the map of addresses, if there is one. Immutable.</summary>
internal sealed class NodeTable
{
    private readonly Dictionary<string, NodeAddresses> _nodes;

    private NodeTable(Dictionary<string, NodeAddresses> nodes, string version, AddressMap map)
    {
        _nodes = nodes;
        Version = version;
        Map = map;
    }

    /// <summary>The table before the first answer.</summary>
    public static NodeTable Unread { get; } = new([], "", AddressMap.Empty);

    /// <summary>The table without nodes: the map is the only source.</summary>
    public static NodeTable Unused { get; } = new([], "", AddressMap.Empty) { IsRead = true, IsUnused = true };

    /// <summary>The map of addresses.</summary>
    public AddressMap Map { get; }

    /// <summary>True when nodes are never read.</summary>
    public bool IsUnused { get; private init; }

    /// <summary>The nodes' resourceVersion; empty before the first list.</summary>
    public string Version { get; }

    /// <summary>True after the first list.</summary>
    public bool IsRead { get; private init; }

    /// <summary>The sentence that names the missing rule, when reading nodes is forbidden and they were never read; else null.</summary>
    public string? Forbidden { get; private init; }

    /// <summary>The current failure to read nodes, except a refusal before the first list; or null.</summary>
    public EndpointSourceException? Failure { get; private init; }

    /// <summary>The nodes whose lost external addresses are still in use, with the time of the loss.</summary>
    public IEnumerable<(string Node, NodeAddresses Addresses)> Lost =>
        _nodes.Where(static node => node.Value.LostAt is not null).Select(static node => (node.Key, node.Value));

    /// <summary>The faults in the labels and annotations of nodes.</summary>
    public IEnumerable<(string Node, string Fault)> Faults => _nodes.SelectMany(
        static node => node.Value.Marks.Where(static mark => mark.Fault is not null).Select(mark => (node.Key, mark.Fault!)));

    /// <summary>Returns the same table with another map.</summary>
    public NodeTable WithMap(AddressMap map) =>
        new(_nodes, Version, map) { IsRead = IsRead, IsUnused = IsUnused, Failure = Failure, Forbidden = Forbidden };

    /// <summary>Returns the table after a list. The former addresses of nodes are kept.</summary>
    public NodeTable Replace(IReadOnlyList<NodeObject> nodes, string version, long now)
    {
        Dictionary<string, NodeAddresses> next = new(nodes.Count, StringComparer.Ordinal);
        foreach (NodeObject node in nodes)
            next[node.Name] = Next(node, now);
        return Read(next, version);
    }

    /// <summary>Returns the table while reading fails. The addresses stay.</summary>
    public NodeTable WithFailure(EndpointSourceException failure) => new(_nodes, Version, Map) { IsRead = IsRead, Failure = failure };

    /// <summary>Returns the table while reading nodes is forbidden.</summary>
    public NodeTable WithRefusal(string rule) => new(_nodes, Version, Map) { IsRead = IsRead, Forbidden = rule };

    /// <summary>Returns the table after an answer without a change: the same instance, unless reading had failed.</summary>
    public NodeTable Confirmed() => Failure is null ? this : Read(_nodes, Version);

    /// <summary>Returns the table after an event of one node: the same instance when nothing changed.</summary>
    public NodeTable With(NodeObject node, string version, long now)
    {
        NodeAddresses next = Next(node, now);
        return next.Equals(Find(node.Name)) ? Confirmed() : With(node.Name, next, version);
    }

    /// <summary>Returns the table without the lost external addresses of a node.</summary>
    public NodeTable WithoutLost(string node) => With(node, _nodes[node].WithoutLost(), Version);

    /// <summary>Returns the table after the deletion of one node: the same instance when the node was not known.</summary>
    public NodeTable Without(string node, string version)
    {
        if (!_nodes.ContainsKey(node))
            return Confirmed();
        Dictionary<string, NodeAddresses> nodes = new(_nodes, StringComparer.Ordinal);
        nodes.Remove(node);
        return Read(nodes, version);
    }

    /// <summary>Returns the addresses of a node, or null when the node is not known.</summary>
    public NodeAddresses? Find(string node) => _nodes.GetValueOrDefault(node);

    /// <summary>Returns the nodes that differ from an earlier table, or null when all may differ.</summary>
    public IReadOnlyCollection<string>? ChangedSince(NodeTable earlier)
    {
        if (!IsRead || !earlier.IsRead || !ReferenceEquals(Map, earlier.Map))
            return null;
        if (ReferenceEquals(_nodes, earlier._nodes))
            return [];
        IEnumerable<string> gone = earlier._nodes.Keys.Where(name => !_nodes.ContainsKey(name));
        return [.. _nodes.Keys.Where(name => !_nodes[name].Equals(earlier._nodes.GetValueOrDefault(name))), .. gone];
    }

    private NodeTable Read(Dictionary<string, NodeAddresses> nodes, string version) => new(nodes, version, Map) { IsRead = true };

    private NodeAddresses Next(NodeObject node, long now) => Find(node.Name)?.Next(node, now) ?? NodeAddresses.Of(node);

    private NodeTable With(string node, NodeAddresses addresses, string version) =>
        Read(new Dictionary<string, NodeAddresses>(_nodes, StringComparer.Ordinal) { [node] = addresses }, version);
}
