namespace Berth.Dispatcher.Metrics;

/// <summary>A histogram of durations that many cores add to without sharing a cache line.</summary>
/// <param name="buckets">The number of buckets.</param>
internal sealed class DurationCells(int buckets)
{
    private readonly int _stride = StrideOf(buckets);

    // One stride in front separates the first cells from the array's header and from the object before it.
    private readonly long[] _cells = new long[(CoreStripes.Count + 1) * StrideOf(buckets)];

    /// <summary>Adds one duration.</summary>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="ticks">The duration, in ticks of the clock.</param>
    public void Add(int bucket, long ticks)
    {
        int start = (CoreStripes.Mine + 1) * _stride;
        Interlocked.Increment(ref _cells[start + bucket]);
        Interlocked.Add(ref _cells[start + buckets], ticks);
    }

    /// <summary>Reads the number of durations in each bucket, and returns the sum of all in ticks.</summary>
    public long Read(Span<long> counts)
    {
        long sum = 0;
        counts.Clear();
        for (int start = _stride; start < _cells.Length; start += _stride)
        {
            for (int bucket = 0; bucket < buckets; bucket++)
                counts[bucket] += Interlocked.Read(ref _cells[start + bucket]);
            sum += Interlocked.Read(ref _cells[start + buckets]);
        }

        return sum;
    }

    // The buckets and the sum, in whole pairs of cache lines of 64 bytes.
    private static int StrideOf(int buckets) => (buckets + 1 + 15) / 16 * 16;
}
