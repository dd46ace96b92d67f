namespace Berth;

/// <summary>
/// Puts many endpoints into the order of a snapshot without comparing names: a set's pods share the prefix of their names, so that they are dealt out
/// by ordinal once they are in the order of their prefixes. Ordinals of one port each are small numbers.
/// </summary>
internal static class EndpointSort
{
    private const int MostPrefixes = 4096;

    /// <summary>Sorts endpoints of which no two have one name into runs of a length, the last perhaps shorter.</summary>
    /// <returns>Null when that cannot be done so; then at most their order has changed.</returns>
    public static PodEndpoint[][]? TrySort(Span<PodEndpoint> endpoints, int runLength)
    {
        Dictionary<PodNamePrefix, int> ranks = new(ReferenceEqualityComparer.Instance);
        int largest = 0;
        bool inOrder = true;
        PodNamePrefix? last = null;
        foreach (PodEndpoint endpoint in endpoints)
        {
            if (endpoint.Key is not { Text: PodNamePrefix prefix, Number: int ordinal } || !endpoint.HasOrdinal)
                return null;
            largest = Math.Max(largest, ordinal);
            if (ReferenceEquals(prefix, last))
                continue;
            inOrder &= ranks.TryAdd(prefix, 0) && (last is null || string.CompareOrdinal(last.Text, prefix.Text) < 0);
            last = prefix;
        }

        // The places to deal to must be in proportion to what is dealt.
        if (largest > (4L * endpoints.Length) + 1024 || ranks.Count > MostPrefixes || !TryRank(ranks))
            return null;
        if (!inOrder)
            SortByRank(endpoints, ranks);
        return Deal(endpoints, largest, runLength);
    }

    /// <summary>
    /// Numbers the prefixes; false where that does not settle the order of names, because one prefix begins another, so that the digits of one name stand
    /// against letters of the other.
    /// </summary>
    private static bool TryRank(Dictionary<PodNamePrefix, int> ranks)
    {
        PodNamePrefix[] sorted = [.. ranks.Keys.OrderBy(static p => p.Text, StringComparer.Ordinal)];
        for (int i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i].Text.StartsWith(sorted[i - 1].Text, StringComparison.Ordinal))
                return false;
            ranks[sorted[i]] = i;
        }

        return true;
    }

    private static void SortByRank(Span<PodEndpoint> endpoints, Dictionary<PodNamePrefix, int> ranks)
    {
        int[] keys = new int[endpoints.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = ranks[(PodNamePrefix)endpoints[i].Key.Text!];
        keys.AsSpan().Sort(endpoints);
    }

    private static PodEndpoint[][] Deal(ReadOnlySpan<PodEndpoint> endpoints, int largest, int runLength)
    {
        int[] places = new int[largest + 2];
        foreach (PodEndpoint endpoint in endpoints)
            places[endpoint.Key.Number + 1]++;
        for (int i = 1; i < places.Length; i++)
            places[i] += places[i - 1];
        PodEndpoint[][] runs = new PodEndpoint[(endpoints.Length + runLength - 1) / runLength][];
        for (int i = 0; i < runs.Length; i++)
            runs[i] = new PodEndpoint[Math.Min(runLength, endpoints.Length - (i * runLength))];
        foreach (PodEndpoint endpoint in endpoints)
        {
            (int run, int at) = Math.DivRem(places[endpoint.Key.Number]++, runLength);
            runs[run][at] = endpoint;
        }

        return runs;
    }
}
