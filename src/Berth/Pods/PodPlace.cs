namespace Berth;

/// <summary>What many pods have in common, kept once: the namespace, the node and its zone. A UID that is no UUID, which no cluster gives, has its place here too.</summary>
internal sealed record PodPlace(string Namespace, string? Node, string? Zone, string? Uid = null)
{
    public static PodPlace Unknown { get; } = new("", null, null);
}
