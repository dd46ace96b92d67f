using Berth.Pods;

namespace Berth.Snapshots;

/// <summary>
/// Puts many endpoints into the order of a snapshot without comparing names: a set's pods share the prefix of their names, so that they are
/// dealt out by ordinal once they are in the order of their prefixes. Ordinals of one port each are small numbers.
/// </summary>
internal static class EndpointSort
{
    private const int MaxPrefixes = 4096;

    /// <summary>Sorts endpoints with distinct names into runs of one length; the last run may be shorter.</summary>
    /// <param name="pieces">The endpoints, in pieces of any length, which stay as they are: another copy of 100,000 references is not
    /// needed.</param>
    /// <param name="runLength">The length.</param>
    /// <returns>Null when that cannot be done so.</returns>
    public static PodEndpoint[][]? TrySort(PodEndpoint[][] pieces, int runLength)
    {
        Dictionary<PodNamePrefix, int> ranks = new(ReferenceEqualityComparer.Instance);
        int count = 0;
        int largest = 0;
        bool inOrder = true;
        PodNamePrefix? last = null;
        foreach (PodEndpoint[] piece in pieces)
        {
            count += piece.Length;
            foreach (PodEndpoint endpoint in piece)
            {
                if (endpoint.Key is not { Prefix: { } prefix, Number: int ordinal } || endpoint.Ordinal is null)
                    return null;
                largest = Math.Max(largest, ordinal);
                if (ReferenceEquals(prefix, last))
                    continue;
                inOrder &= ranks.TryAdd(prefix, 0) && (last is null || string.CompareOrdinal(last.Text, prefix.Text) < 0);
                last = prefix;
            }
        }

        // The places to deal to must be in proportion to what is dealt.
        if (largest > (4L * count) + 1024 || ranks.Count > MaxPrefixes || !TryRank(ranks))
            return null;
        return Deal(inOrder ? pieces : [SortByRank(pieces, count, ranks)], count, largest, runLength);
    }

    /// <summary>
    /// Numbers the prefixes; false where that does not settle the order of names, because one prefix begins another, so that the digits of
    /// one name stand against letters of the other.
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

    private static PodEndpoint[] SortByRank(PodEndpoint[][] pieces, int count, Dictionary<PodNamePrefix, int> ranks)
    {
        PodEndpoint[] all = new PodEndpoint[count];
        int[] keys = new int[count];
        int at = 0;
        foreach (PodEndpoint[] piece in pieces)
        {
            foreach (PodEndpoint endpoint in piece)
            {
                keys[at] = ranks[endpoint.Key.Prefix!];
                all[at++] = endpoint;
            }
        }

        keys.AsSpan().Sort(all.AsSpan());
        return all;
    }

    private static PodEndpoint[][] Deal(PodEndpoint[][] pieces, int count, int largest, int runLength)
    {
        int[] places = new int[largest + 2];
        foreach (PodEndpoint[] piece in pieces)
        {
            foreach (PodEndpoint endpoint in piece)
                places[endpoint.Key.Number + 1]++;
        }

        for (int i = 1; i < places.Length; i++)
            places[i] += places[i - 1];
        PodEndpoint[][] runs = new PodEndpoint[(count + runLength - 1) / runLength][];
        for (int i = 0; i < runs.Length; i++)
            runs[i] = new PodEndpoint[Math.Min(runLength, count - (i * runLength))];
        foreach (PodEndpoint[] piece in pieces)
        {
            foreach (PodEndpoint endpoint in piece)
            {
                (int run, int at) = Math.DivRem(places[endpoint.Key.Number]++, runLength);
                runs[run][at] = endpoint;
            }
        }

        return runs;
    }
}
