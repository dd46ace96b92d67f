namespace Berth;

/// <summary>
/// Puts many endpoints into the order of a snapshot. A set's pods share the prefix of their names, so that a number of the prefix and the ordinal are a
/// key, and no name need be compared.
/// </summary>
internal static class EndpointSort
{
    /// <summary>Sorts in place.</summary>
    /// <returns>False when two have one name.</returns>
    public static bool TrySort(Span<PodEndpoint> endpoints)
    {
        if (RanksOf(endpoints) is { } ranks)
            SortByKey(endpoints, ranks);
        else
            endpoints.Sort(EndpointOrder.Compare);
        for (int i = 1; i < endpoints.Length; i++)
        {
            if (EndpointOrder.Compare(endpoints[i - 1], endpoints[i]) == 0)
                return false;
        }

        return true;
    }

    private static void SortByKey(Span<PodEndpoint> endpoints, Dictionary<PodNamePrefix, uint> ranks)
    {
        ulong[] keys = new ulong[endpoints.Length];
        PodNamePrefix? last = null;
        uint rank = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            PodName name = endpoints[i].Key;
            if (!ReferenceEquals(name.Text, last))
                rank = ranks[last = (PodNamePrefix)name.Text!];
            keys[i] = ((ulong)(uint)name.Number << 32) | rank;
        }

        keys.AsSpan().Sort(endpoints);
    }

    /// <summary>
    /// The order of the prefixes, or null where it does not settle the order of names: where an endpoint has no ordinal or no such name, or where one
    /// prefix begins another, so that the digits of one name stand against letters of the other.
    /// </summary>
    private static Dictionary<PodNamePrefix, uint>? RanksOf(Span<PodEndpoint> endpoints)
    {
        HashSet<PodNamePrefix> found = new(ReferenceEqualityComparer.Instance);
        PodNamePrefix? last = null;
        foreach (PodEndpoint endpoint in endpoints)
        {
            if (endpoint.Ordinal is null || endpoint.Key.Text is not PodNamePrefix prefix)
                return null;
            if (!ReferenceEquals(prefix, last))
                found.Add(last = prefix);
        }

        PodNamePrefix[] sorted = [.. found.OrderBy(static p => p.Text, StringComparer.Ordinal)];
        Dictionary<PodNamePrefix, uint> ranks = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i].Text.StartsWith(sorted[i - 1].Text, StringComparison.Ordinal))
                return null;
            ranks.Add(sorted[i], (uint)i);
        }

        return ranks;
    }
}
