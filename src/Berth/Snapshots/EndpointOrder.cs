using Berth.Pods;

namespace Berth.Snapshots;

/// <summary>The order of a snapshot: by ordinal, then by name. Endpoints without an ordinal are last.</summary>
internal static class EndpointOrder
{
    public static int Compare(PodEndpoint left, PodEndpoint right)
    {
        int byOrdinal = (left.Ordinal ?? int.MaxValue).CompareTo(right.Ordinal ?? int.MaxValue);
        return byOrdinal != 0 ? byOrdinal : PodNames.Compare(left, right);
    }

    public static int Compare(PodEndpoint left, int? ordinal, string name)
    {
        int byOrdinal = (left.Ordinal ?? int.MaxValue).CompareTo(ordinal ?? int.MaxValue);
        return byOrdinal != 0 ? byOrdinal : PodNames.Compare(left, new PodNameText(name, default));
    }

    /// <summary>Returns the index of the first endpoint that is not before (ordinal, name), or the length when all are before it.</summary>
    public static int LowerBound(ReadOnlySpan<PodEndpoint> sorted, int? ordinal, string name)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Compare(sorted[middle], ordinal, name) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Returns the index of the first endpoint that is not before another one.</summary>
    public static int LowerBound(ReadOnlySpan<PodEndpoint> sorted, PodEndpoint endpoint)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Compare(sorted[middle], endpoint) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
