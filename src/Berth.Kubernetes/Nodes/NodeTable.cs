using System.Net;

namespace Berth.Kubernetes.Nodes;

/// <summary>What is known of the external addresses of nodes. Immutable.</summary>
internal sealed class NodeTable
{
    private readonly Dictionary<string, IPAddress[]> _external;

    /// <param name="external">By node; empty where a node is known to have none. Not changed any more.</param>
    /// <param name="version">The nodes' resourceVersion, for people.</param>
    public NodeTable(Dictionary<string, IPAddress[]> external, string version)
    {
        _external = external;
        Version = version;
        IsRead = true;
    }

    private NodeTable(string? forbidden, EndpointSourceException? trouble)
    {
        _external = [];
        Version = "";
        Forbidden = forbidden;
        Trouble = trouble;
    }

    /// <summary>Before anything is known.</summary>
    public static NodeTable Unread { get; } = new(forbidden: null, trouble: null);

    /// <summary>The nodes' resourceVersion; empty before the first list.</summary>
    public string Version { get; }

    /// <summary>True once nodes have been listed.</summary>
    public bool IsRead { get; }

    /// <summary>The sentence that says which rule is missing, when nodes may not be read and never were; else null.</summary>
    public string? Forbidden { get; }

    /// <summary>What has kept nodes from being read at all so far, other than a refusal; or null.</summary>
    public EndpointSourceException? Trouble { get; }

    /// <summary>Nodes may not be read.</summary>
    public static NodeTable NotAllowed(string rule) => new(rule, null);

    /// <summary>Nodes could not be read yet.</summary>
    public static NodeTable NotYet(EndpointSourceException trouble) => new(null, trouble);

    /// <summary>The external addresses of a node: empty when it has none, null when nothing is known of it.</summary>
    public IReadOnlyList<IPAddress>? Find(string node) => _external.TryGetValue(node, out IPAddress[]? addresses) ? addresses : null;

    /// <summary>A copy for the next table to start from.</summary>
    public Dictionary<string, IPAddress[]> CopyExternal() => new(_external, StringComparer.Ordinal);
}
