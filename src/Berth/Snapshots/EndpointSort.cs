using Berth.Pods;

namespace Berth.Snapshots;

/// <summary>
/// Puts the endpoints of one StatefulSet into the order of a snapshot without comparing names. They share the prefix of their names, so
/// that they are dealt out by ordinal. Ordinals of one port each are small numbers.
/// </summary>
internal static class EndpointSort
{
    /// <summary>Sorts endpoints with distinct names into runs of one length; the last run may be shorter.</summary>
    /// <param name="pieces">The endpoints, in pieces of any length, which stay as they are: another copy of 100,000 references is not
    /// needed.</param>
    /// <param name="runLength">The length.</param>
    /// <returns>Null when that cannot be done so: they are not of one set, or there are few for their largest ordinal.</returns>
    public static PodEndpoint[][]? TrySort(PodEndpoint[][] pieces, int runLength)
    {
        int count = 0;
        int largest = 0;
        PodNamePrefix? common = null;
        foreach (PodEndpoint[] piece in pieces)
        {
            count += piece.Length;
            foreach (PodEndpoint endpoint in piece)
            {
                if (endpoint.Key is not { Prefix: { } prefix, Number: int ordinal } || endpoint.Ordinal is null)
                    return null;
                common ??= prefix;
                if (!ReferenceEquals(prefix, common) && prefix.Text != common.Text)
                    return null;
                largest = Math.Max(largest, ordinal);
            }
        }

        // The slots to deal to must be in proportion to what is dealt.
        return largest > (4L * count) + 1024 ? null : Deal(pieces, count, largest, runLength);
    }

    private static PodEndpoint[][] Deal(PodEndpoint[][] pieces, int count, int largest, int runLength)
    {
        int[] slots = new int[largest + 2];
        foreach (PodEndpoint[] piece in pieces)
        {
            foreach (PodEndpoint endpoint in piece)
                slots[endpoint.Key.Number + 1]++;
        }

        for (int i = 1; i < slots.Length; i++)
            slots[i] += slots[i - 1];
        PodEndpoint[][] runs = new PodEndpoint[(count + runLength - 1) / runLength][];
        for (int i = 0; i < runs.Length; i++)
            runs[i] = new PodEndpoint[Math.Min(runLength, count - (i * runLength))];
        foreach (PodEndpoint[] piece in pieces)
        {
            foreach (PodEndpoint endpoint in piece)
            {
                (int run, int at) = Math.DivRem(slots[endpoint.Key.Number]++, runLength);
                runs[run][at] = endpoint;
            }
        }

        return runs;
    }
}
