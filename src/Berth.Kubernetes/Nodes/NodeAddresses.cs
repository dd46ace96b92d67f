using System.Net;
using Berth.Kubernetes.Addresses;

namespace Berth.Kubernetes.Nodes;

/// <summary>The addresses of one node. Immutable.</summary>
/// <param name="External">Those of type ExternalIP; while they are lost, the former ones.</param>
/// <param name="Dns">The address of type ExternalDNS, or null; while it is lost, the former one.</param>
/// <param name="Marks">The addresses in its labels and annotations, in the order of the sources.</param>
/// <param name="Internal">Those of type InternalIP.</param>
/// <param name="Former">The former addresses of type InternalIP, since the watch began.</param>
internal sealed record NodeAddresses(
    IPAddress[] External, string? Dns, NamedAddresses[] Marks, IPAddress[] Internal, IPAddress[] Former)
{
    private const int MaxFormer = 4;

    /// <summary>
    /// The timestamp at which a Ready node lost external addresses or its external name; null while it has lost nothing.
    /// </summary>
    public long? LostAt { get; private init; }

    /// <summary>True while <see cref="External"/> is lost.</summary>
    private bool LacksAddress { get; init; }

    /// <summary>True while <see cref="Dns"/> is lost.</summary>
    private bool LacksDns { get; init; }

    /// <summary>The lost part, for people.</summary>
    public string Lost => Join(LacksAddress ? External : [], LacksDns ? Dns : null);

    /// <summary>Its external addresses and name, for people.</summary>
    public string Outside => External.Length == 0 && Dns is null ? "none" : Join(External, Dns);

    public static NodeAddresses Of(NodeObject node) => new(node.External, node.ExternalDns, node.Marks, node.Internal, []);

    /// <summary>The addresses after a newer state of the node.</summary>
    public NodeAddresses Next(NodeObject node, long now)
    {
        IPAddress[] former = node.Internal.AsSpan().SequenceEqual(Internal)
            ? Former
            : [.. Internal.Concat(Former).Distinct().Where(address => !node.Internal.Contains(address)).Take(MaxFormer)];
        // When a controller of the cloud restarts, it removes the address and adds it again. For clients nothing has changed.
        bool lacksAddress = node is { External.Length: 0, IsReady: true } && External.Length > 0;
        bool lacksDns = node is { ExternalDns: null, IsReady: true } && Dns is not null;
        return new NodeAddresses(
            lacksAddress ? External : node.External, lacksDns ? Dns : node.ExternalDns, node.Marks, node.Internal, former)
        {
            LostAt = lacksAddress || lacksDns ? LostAt ?? now : null,
            LacksAddress = lacksAddress,
            LacksDns = lacksDns,
        };
    }

    /// <summary>Returns the addresses without the lost ones, after the time limit.</summary>
    public NodeAddresses WithoutLost() => this with
    {
        External = LacksAddress ? [] : External,
        Dns = LacksDns ? null : Dns,
        LostAt = null,
        LacksAddress = false,
        LacksDns = false,
    };

    public bool Equals(NodeAddresses? other) =>
        other is not null && HasSameNames(other) && HasSameAddresses(other)
        && (LostAt, LacksAddress, LacksDns) == (other.LostAt, other.LacksAddress, other.LacksDns);

    public override int GetHashCode() => HashCode.Combine(External.Length, Dns, Marks.Length, Internal.Length, Former.Length, LostAt);

    private bool HasSameNames(NodeAddresses other) => Dns == other.Dns && Marks.AsSpan().SequenceEqual(other.Marks);

    private bool HasSameAddresses(NodeAddresses other) =>
        External.AsSpan().SequenceEqual(other.External)
        && Internal.AsSpan().SequenceEqual(other.Internal)
        && Former.AsSpan().SequenceEqual(other.Former);

    private static string Join(IPAddress[] addresses, string? name) =>
        string.Join(", ", addresses.Select(static address => address.ToString()).Concat(name is null ? [] : [name]));
}
