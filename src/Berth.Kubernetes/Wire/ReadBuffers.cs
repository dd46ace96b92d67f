using System.Buffers;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Buffers for reads. Buffers of usual length are pooled. A long buffer for one huge object is not, because the pool would keep one for
/// each thread that has returned one.
/// </summary>
internal static class ReadBuffers
{
    private const int MaxPooled = 256 * 1024;

    /// <summary>Returns a buffer of at least this length. Its content is undefined.</summary>
    public static byte[] Rent(int length) =>
        length <= MaxPooled ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);

    /// <summary>Returns a buffer to the pool. The caller must not use it after that.</summary>
    public static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= MaxPooled)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}
