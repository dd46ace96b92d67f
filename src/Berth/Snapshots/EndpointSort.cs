using Berth.Pods;

namespace Berth.Snapshots;

/// <summary>
/// Sorts the endpoints of one StatefulSet without comparing names. Their names have one prefix, so each goes to the slot of its ordinal (a
/// counting sort). Ordinals are small numbers, because each has a port.
/// </summary>
internal static class EndpointSort
{
    /// <summary>Sorts endpoints with distinct names into runs of one length; the last run may be shorter.</summary>
    /// <param name="pieces">
    /// The endpoints, in pieces of any length. The pieces are not changed, so that 100,000 references need no second copy.
    /// </param>
    /// <param name="runLength">The length.</param>
    /// <returns>The runs; null when the endpoints are not of one set, or are few in comparison with their largest ordinal.</returns>
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

        // The number of slots must be in proportion to the number of endpoints.
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
