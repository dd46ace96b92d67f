namespace Berth.Dispatcher.Metrics;

/// <summary>A counter that many cores increment without sharing a cache line.</summary>
internal sealed class StripedCounter
{
    // Two cache lines of 64 bytes, because processors fetch them in pairs.
    private const int Stride = 16;

    // Created at the first increment, because most of 10,000 targets are never picked from. One stride in front separates the first cell
    // from the array's header and from the object before it.
    private long[]? _cells;

    public long Value
    {
        get
        {
            long sum = 0;
            long[] cells = Volatile.Read(ref _cells) ?? [];
            for (int i = Stride; i < cells.Length; i += Stride)
                sum += Interlocked.Read(ref cells[i]);
            return sum;
        }
    }

    public void Increment() =>
        Interlocked.Increment(ref (Volatile.Read(ref _cells) ?? Create())[(CoreStripes.Mine + 1) * Stride]);

    private long[] Create()
    {
        long[] cells = new long[(CoreStripes.Count + 1) * Stride];
        return Interlocked.CompareExchange(ref _cells, cells, null) ?? cells;
    }
}
