namespace Berth.Sessions;

/// <summary>The slot of a pod: its ordinal, or its name under a port scheme that needs no ordinal.</summary>
/// <param name="Ordinal">The ordinal, or -1 for a pod without one.</param>
/// <param name="Name">The name of a pod without an ordinal, else empty.</param>
internal readonly record struct SessionKey(int Ordinal, string Name) : IComparable<SessionKey>
{
    private const int NoOrdinal = -1;

    /// <summary>The slot of a pod.</summary>
    public static SessionKey Of(PodEndpoint pod) => pod.Ordinal is { } ordinal ? new(ordinal, "") : new(NoOrdinal, pod.Name);

    /// <summary>The slots in which a pod of this name may be.</summary>
    public static IEnumerable<SessionKey> ForName(string name)
    {
        yield return new SessionKey(NoOrdinal, name);
        if (PodOrdinal.TryParse(name, out int ordinal, out _))
            yield return new SessionKey(ordinal, "");
    }

    /// <inheritdoc/>
    public int CompareTo(SessionKey other) =>
        Ordinal != other.Ordinal ? Ordinal.CompareTo(other.Ordinal) : string.CompareOrdinal(Name, other.Name);
}
