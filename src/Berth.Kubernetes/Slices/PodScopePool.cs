using System.Text;
using Berth.Kubernetes.Caches;
using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// Returns one object for all pods of a node. A node is nearly always in one zone, and a source in one namespace, so the node's name is
/// enough for a lookup. Not safe for several threads.
/// </summary>
/// <param name="host">The template of the pods' host names, or null.</param>
/// <param name="cluster">The cluster's name, or null where only one is followed.</param>
internal sealed class PodScopePool(HostTemplate? host, string? cluster)
{
    private readonly TextPool _zones = new();
    private readonly SharedObjects<ReadOnlySpan<byte>, PodScope> _scopes = new(new ByNode());

    // Pods of one node are often next to each other.
    private PodScope? _last;

    /// <param name="namespace">The namespace: one string for all pods of a slice.</param>
    /// <param name="node">The node's name; empty when <paramref name="hasNode"/> is false.</param>
    /// <param name="hasNode">True when a node is stated.</param>
    /// <param name="zone">The zone's name.</param>
    /// <param name="hasZone">True when a zone is stated.</param>
    public PodScope Get(string @namespace, ReadOnlySpan<byte> node, bool hasNode, ReadOnlySpan<byte> zone, bool hasZone)
    {
        PodScope? known = _last is { } last && Is(last.Node, node, hasNode) ? last : _scopes.Find(node);
        if (known is not null && known.Namespace == @namespace && Is(known.Zone, zone, hasZone) && Is(known.Node, node, hasNode))
            return _last = known;
        string? nodeName = hasNode ? Utf8Text.Read(node, "nodeName") : null;
        return _last = _scopes.Replace(
            new PodScope(@namespace, nodeName, hasZone ? _zones.Get(zone, "zone") : null) { Host = host, Cluster = cluster });
    }

    private static bool Is(string? text, ReadOnlySpan<byte> utf8, bool stated) =>
        stated ? text is not null && Ascii.Equals(utf8, text) : text is null;

    private sealed class ByNode : IEqualityComparer<PodScope>, IAlternateEqualityComparer<ReadOnlySpan<byte>, PodScope>
    {
        public bool Equals(PodScope? x, PodScope? y) => (x?.Node ?? "") == (y?.Node ?? "");

        public int GetHashCode(PodScope obj) => (int)Utf8Text.Hash(obj.Node ?? "");

        public bool Equals(ReadOnlySpan<byte> alternate, PodScope other) => Ascii.Equals(alternate, other.Node ?? "");

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)Utf8Text.Hash(alternate);

        public PodScope Create(ReadOnlySpan<byte> alternate) => throw new NotSupportedException("The pool makes its objects itself.");
    }
}
