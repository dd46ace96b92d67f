using System.Text;
using Berth.Kubernetes.Caches;
using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>Gives one object to all pods of a node. Not safe for several threads.</summary>
internal sealed class PodPlacePool
{
    private readonly TextPool _zones = new();
    private readonly DirectMappedCache<PodPlace> _cache = new(static place => Utf8Text.Hash(place.Node ?? ""));

    /// <param name="namespace">The namespace; the same string for all pods of a slice.</param>
    /// <param name="node">The node's name; empty for none when <paramref name="hasNode"/> is false.</param>
    /// <param name="hasNode">Whether a node is stated.</param>
    /// <param name="zone">The zone's name.</param>
    /// <param name="hasZone">Whether a zone is stated.</param>
    public PodPlace Get(string @namespace, ReadOnlySpan<byte> node, bool hasNode, ReadOnlySpan<byte> zone, bool hasZone)
    {
        uint hash = Utf8Text.Hash(node);
        if (_cache.Find(hash) is { } known
            && Is(known.Node, node, hasNode) && Is(known.Zone, zone, hasZone) && known.Namespace == @namespace)
            return known;
        string? nodeName = hasNode ? Utf8Text.Read(node, "nodeName") : null;
        return _cache.Add(hash, new PodPlace(@namespace, nodeName, hasZone ? _zones.Get(zone, "zone") : null));
    }

    private static bool Is(string? text, ReadOnlySpan<byte> utf8, bool stated) =>
        stated ? text is not null && Ascii.Equals(utf8, text) : text is null;
}
