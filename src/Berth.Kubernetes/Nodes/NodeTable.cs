using System.Net;

namespace Berth.Kubernetes.Nodes;

/// <summary>The external addresses of nodes, as far as they are known, and what keeps them from being known. Immutable.</summary>
internal sealed class NodeTable
{
    private readonly Dictionary<string, IPAddress[]> _external;

    private NodeTable(Dictionary<string, IPAddress[]> external, string version)
    {
        _external = external;
        Version = version;
    }

    /// <summary>The table before the first answer.</summary>
    public static NodeTable Unread { get; } = new([], "");

    /// <summary>The nodes' resourceVersion; empty before the first list.</summary>
    public string Version { get; }

    /// <summary>True once nodes have been listed.</summary>
    public bool IsRead { get; private init; }

    /// <summary>The sentence that names the missing rule, when nodes may not be read and never were; else null.</summary>
    public string? Forbidden { get; private init; }

    /// <summary>The present failure to read nodes, other than a refusal before the first list; or null.</summary>
    public EndpointSourceException? Failure { get; private init; }

    /// <summary>The table of a list.</summary>
    public static NodeTable Of(IReadOnlyList<NodeObject> nodes, string version)
    {
        Dictionary<string, IPAddress[]> external = new(nodes.Count, StringComparer.Ordinal);
        foreach (NodeObject node in nodes)
            external[node.Name] = node.External;
        return Read(external, version);
    }

    /// <summary>The same table while reading fails: what was read stays.</summary>
    public NodeTable WithFailure(EndpointSourceException failure) => new(_external, Version) { IsRead = IsRead, Failure = failure };

    /// <summary>The table while nodes may not be read.</summary>
    public NodeTable WithRefusal(string rule) => new(_external, Version) { IsRead = IsRead, Forbidden = rule };

    /// <summary>The table after an answer that changed nothing: the same instance, unless reading had failed.</summary>
    public NodeTable Confirmed() => Failure is null ? this : Read(_external, Version);

    /// <summary>The table after an event of one node. The same instance where nothing changed.</summary>
    public NodeTable With(NodeObject node, string version)
    {
        if (Find(node.Name) is { } known && known.SequenceEqual(node.External))
            return Confirmed();
        Dictionary<string, IPAddress[]> external = new(_external, StringComparer.Ordinal) { [node.Name] = node.External };
        return Read(external, version);
    }

    /// <summary>The table after the deletion of one node. The same instance where that was not known.</summary>
    public NodeTable Without(string node, string version)
    {
        if (!_external.ContainsKey(node))
            return Confirmed();
        Dictionary<string, IPAddress[]> external = new(_external, StringComparer.Ordinal);
        external.Remove(node);
        return Read(external, version);
    }

    /// <summary>Returns the external addresses of a node: empty when it has none, null when nothing is known of it.</summary>
    public IReadOnlyList<IPAddress>? Find(string node) => _external.TryGetValue(node, out IPAddress[]? addresses) ? addresses : null;

    /// <summary>Returns the nodes that differ from an earlier table, or null when any may.</summary>
    public IReadOnlyCollection<string>? ChangedSince(NodeTable earlier)
    {
        if (!IsRead || !earlier.IsRead)
            return null;
        if (ReferenceEquals(_external, earlier._external))
            return [];
        IEnumerable<string> gone = earlier._external.Keys.Where(name => !_external.ContainsKey(name));
        return [.. _external.Keys.Where(name => Differs(name, earlier)), .. gone];
    }

    private static NodeTable Read(Dictionary<string, IPAddress[]> external, string version) => new(external, version) { IsRead = true };

    private bool Differs(string name, NodeTable earlier) =>
        !earlier._external.TryGetValue(name, out IPAddress[]? before) || !before.AsSpan().SequenceEqual(_external[name]);
}
