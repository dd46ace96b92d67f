namespace Berth;

/// <summary>The order of a snapshot: by ordinal, those without one last, then by name.</summary>
internal static class EndpointOrder
{
    public static int Compare(PodEndpoint left, PodEndpoint right) => Compare(left, right.Ordinal, right.Name);

    public static int Compare(PodEndpoint left, int? ordinal, string name)
    {
        int byOrdinal = (left.Ordinal ?? int.MaxValue).CompareTo(ordinal ?? int.MaxValue);
        return byOrdinal != 0 ? byOrdinal : string.CompareOrdinal(left.Name, name);
    }

    /// <summary>The first endpoint that is not before (ordinal, name): its index, or the length when all are before.</summary>
    public static int LowerBound(IReadOnlyList<PodEndpoint> sorted, int? ordinal, string name)
    {
        int low = 0;
        int high = sorted.Count;
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
}
