namespace Berth.Dispatcher;

/// <summary>A count that many cores add to without sharing a cache line.</summary>
internal sealed class StripedCounter
{
    // Two lines of 64 bytes: processors fetch them in pairs.
    private const int Stride = 16;

    private static readonly int s_mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 64)) - 1;

    // One stride in front keeps the first cell away from the array's header and its neighbour.
    private readonly long[] _cells = new long[(s_mask + 2) * Stride];

    public long Value
    {
        get
        {
            long sum = 0;
            for (int i = Stride; i < _cells.Length; i += Stride)
                sum += Interlocked.Read(ref _cells[i]);
            return sum;
        }
    }

    public void Increment() => Interlocked.Increment(ref _cells[((Thread.GetCurrentProcessorId() & s_mask) + 1) * Stride]);
}
