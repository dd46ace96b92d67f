using System.Text;
using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// Gives one object to all pods of a node. As in <see cref="Utf8Pool{T}"/>, a node has one place, and the later of two for one place wins.
/// </summary>
internal sealed class PodPlacePool
{
    private const int MaxLength = 16_384;

    private readonly Utf8Pool<string> _zones = new(static text => text, static text => text);
    private PodPlace?[] _places = new PodPlace?[16];
    private int _made;

    /// <param name="namespace">The namespace; the same string for all pods of a slice.</param>
    /// <param name="node">The node's name; empty for none when <paramref name="hasNode"/> is false.</param>
    /// <param name="hasNode">Whether a node is stated.</param>
    /// <param name="zone">The zone's name.</param>
    /// <param name="hasZone">Whether a zone is stated.</param>
    public PodPlace Get(string @namespace, ReadOnlySpan<byte> node, bool hasNode, ReadOnlySpan<byte> zone, bool hasZone)
    {
        ref PodPlace? place = ref _places[(int)(Utf8Text.Hash(node) & (uint)(_places.Length - 1))];
        if (place is { } known && Is(known.Node, node, hasNode) && Is(known.Zone, zone, hasZone) && known.Namespace == @namespace)
            return known;
        PodPlace made = new(@namespace, hasNode ? Utf8Text.Read(node, "nodeName") : null, hasZone ? _zones.Get(zone, "zone") : null);
        place = made;
        if (++_made > _places.Length && _places.Length < MaxLength)
            Grow();
        return made;
    }

    private static bool Is(string? text, ReadOnlySpan<byte> utf8, bool stated) =>
        stated ? text is not null && Ascii.Equals(utf8, text) : text is null;

    /// <summary>The places fill again by themselves.</summary>
    private void Grow()
    {
        _places = new PodPlace?[_places.Length * 4];
        _made = 0;
    }
}
