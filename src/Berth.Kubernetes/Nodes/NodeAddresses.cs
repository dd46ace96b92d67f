using System.Net;

namespace Berth.Kubernetes.Nodes;

/// <summary>The addresses of one node. Immutable.</summary>
/// <param name="External">Those of type ExternalIP; while <see cref="LostAt"/> is set, those that it had.</param>
/// <param name="Internal">Those of type InternalIP.</param>
/// <param name="Former">Those of type InternalIP that it had while it was watched, and has no longer.</param>
/// <param name="LostAt">When a Ready node lost its external addresses, as a timestamp of the clock; null while it has them.</param>
internal sealed record NodeAddresses(IPAddress[] External, IPAddress[] Internal, IPAddress[] Former, long? LostAt)
{
    private const int MaxFormer = 4;

    public static NodeAddresses Of(NodeObject node) => new(node.External, node.Internal, [], null);

    /// <summary>The addresses after a newer state of the node.</summary>
    public NodeAddresses Next(NodeObject node, long now)
    {
        IPAddress[] former = node.Internal.AsSpan().SequenceEqual(Internal)
            ? Former
            : [.. Internal.Concat(Former).Distinct().Where(address => !node.Internal.Contains(address)).Take(MaxFormer)];
        // A controller of the cloud that restarts takes the address away and puts it back. Nothing has changed for those who dial it.
        bool isLost = node is { External.Length: 0, IsReady: true } && External.Length > 0;
        return new NodeAddresses(isLost ? External : node.External, node.Internal, former, isLost ? LostAt ?? now : null);
    }

    /// <summary>The addresses once it is certain that the external ones are gone.</summary>
    public NodeAddresses WithoutLost() => this with { External = [], LostAt = null };

    public bool Equals(NodeAddresses? other) =>
        other is not null && LostAt == other.LostAt && External.AsSpan().SequenceEqual(other.External)
        && Internal.AsSpan().SequenceEqual(other.Internal) && Former.AsSpan().SequenceEqual(other.Former);

    public override int GetHashCode() => HashCode.Combine(External.Length, Internal.Length, Former.Length, LostAt);
}
