namespace Berth.Sessions;

/// <summary>The slot of a pod: its ordinal, or its name under a port scheme that needs no ordinal.</summary>
/// <param name="Ordinal">The ordinal, or -1 for a pod without one.</param>
/// <param name="Name">The name of a pod without an ordinal, else empty.</param>
internal readonly record struct SessionKey(int Ordinal, string Name)
{
    private const int NoOrdinal = -1;

    /// <summary>By ordinal, then by name.</summary>
    public static IComparer<SessionKey> Order { get; } = Comparer<SessionKey>.Create(static (left, right) =>
        left.Ordinal != right.Ordinal ? left.Ordinal.CompareTo(right.Ordinal) : string.CompareOrdinal(left.Name, right.Name));

    /// <summary>The slot of a pod.</summary>
    public static SessionKey Of(PodEndpoint pod) => pod.Ordinal is { } ordinal ? new(ordinal, "") : new(NoOrdinal, pod.Name);

    /// <summary>The slots in which a pod of this name may be.</summary>
    public static IEnumerable<SessionKey> ForName(string name)
    {
        yield return new SessionKey(NoOrdinal, name);
        if (PodOrdinal.TryParse(name, out int ordinal, out _))
            yield return new SessionKey(ordinal, "");
    }
}
