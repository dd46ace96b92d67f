using System.Buffers;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Buffers to read into. Those of everyday length are pooled; a long one, which one huge object needs, is left to the collector, because
/// the pool would keep one of them for every thread that ever gave one back.
/// </summary>
internal static class ReadBuffers
{
    private const int MaxPooled = 256 * 1024;

    /// <summary>Gives a buffer of at least this length, with anything in it.</summary>
    public static byte[] Rent(int length) =>
        length <= MaxPooled ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);

    /// <summary>Takes a buffer back. The caller must not use it any more.</summary>
    public static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= MaxPooled)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
