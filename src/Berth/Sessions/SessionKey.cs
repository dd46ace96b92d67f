namespace Berth.Sessions;

/// <summary>The slot of a pod: its ordinal, or its name under a port scheme that needs no ordinal.</summary>
/// <param name="Ordinal">The ordinal, or -1 for a pod without one.</param>
/// <param name="Name">The name of a pod without an ordinal, else empty.</param>
/// <param name="Cluster">The cluster that the pod is in, or null when only one is followed.</param>
internal readonly record struct SessionKey(int Ordinal, string Name, string? Cluster = null)
{
    private const int NoOrdinal = -1;

    /// <summary>By ordinal, then by name, then by cluster.</summary>
    public static IComparer<SessionKey> Order { get; } = Comparer<SessionKey>.Create(static (left, right) =>
        left.Ordinal != right.Ordinal ? left.Ordinal.CompareTo(right.Ordinal)
        : string.CompareOrdinal(left.Name, right.Name) is var byName and not 0 ? byName
        : string.CompareOrdinal(left.Cluster, right.Cluster));

    /// <summary>The slot of a pod.</summary>
    public static SessionKey Of(PodEndpoint pod) =>
        pod.Ordinal is { } ordinal ? new(ordinal, "", pod.Cluster) : new(NoOrdinal, pod.Name, pod.Cluster);

    /// <summary>The slots in which a pod of this name may be.</summary>
    public static IEnumerable<SessionKey> ForName(string name)
    {
        yield return new SessionKey(NoOrdinal, name);
        if (PodOrdinal.TryParse(name, out int ordinal, out _))
            yield return new SessionKey(ordinal, "");
    }
}
