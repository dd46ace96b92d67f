namespace Berth.Dispatcher.Metrics;

/// <summary>The slots in which cores count without sharing a cache line.</summary>
internal static class CoreStripes
{
    /// <summary>The number of slots, a power of two.</summary>
    public static readonly int Count = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 64));

    /// <summary>The index of the core that runs this thread now.</summary>
    public static int Mine => Thread.GetCurrentProcessorId() & (Count - 1);
}
