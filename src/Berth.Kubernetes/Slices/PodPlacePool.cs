using System.Text;
using Berth.Kubernetes.Caches;
using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>Gives one object to all pods of a node. Not safe for several threads.</summary>
internal sealed class PodPlacePool
{
    private readonly TextPool _zones = new();
    private readonly SharedObjects<Stated, PodPlace> _places = new(new ByNode());

    /// <param name="namespace">The namespace; the same string for all pods of a slice.</param>
    /// <param name="node">The node's name; empty for none when <paramref name="hasNode"/> is false.</param>
    /// <param name="hasNode">Whether a node is stated.</param>
    /// <param name="zone">The zone's name.</param>
    /// <param name="hasZone">Whether a zone is stated.</param>
    public PodPlace Get(string @namespace, ReadOnlySpan<byte> node, bool hasNode, ReadOnlySpan<byte> zone, bool hasZone)
    {
        Stated stated = new() { Namespace = @namespace, Node = node, HasNode = hasNode, Zone = zone, HasZone = hasZone };
        if (_places.Find(stated) is { } known)
            return known;
        string? nodeName = hasNode ? Utf8Text.Read(node, "nodeName") : null;
        return _places.Add(new PodPlace(@namespace, nodeName, hasZone ? _zones.Get(zone, "zone") : null));
    }

    /// <summary>A place as it stands on the wire.</summary>
    private ref struct Stated
    {
        public string Namespace;
        public ReadOnlySpan<byte> Node;
        public ReadOnlySpan<byte> Zone;
        public bool HasNode;
        public bool HasZone;
    }

    // A node is nearly always in one zone, and a source in one namespace, so that the node's name is hash enough.
    private sealed class ByNode : IEqualityComparer<PodPlace>, IAlternateEqualityComparer<Stated, PodPlace>
    {
        public bool Equals(PodPlace? x, PodPlace? y) => x is not null && y is not null && x.IsSameAs(y);

        public int GetHashCode(PodPlace obj) => (int)Utf8Text.Hash(obj.Node ?? "");

        public bool Equals(Stated alternate, PodPlace other) =>
            Is(other.Node, alternate.Node, alternate.HasNode) && Is(other.Zone, alternate.Zone, alternate.HasZone)
            && other.Namespace == alternate.Namespace;

        public int GetHashCode(Stated alternate) => (int)Utf8Text.Hash(alternate.Node);

        public PodPlace Create(Stated alternate) => throw new NotSupportedException("The pool makes its objects itself.");

        private static bool Is(string? text, ReadOnlySpan<byte> utf8, bool stated) =>
            stated ? text is not null && Ascii.Equals(utf8, text) : text is null;
    }
}
