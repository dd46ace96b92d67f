using System.Buffers;

namespace Berth.Dispatcher.FirstLook;

/// <summary>Memory for one answer after the other, at a fixed address.</summary>
internal sealed class AnswerBuffer : IBufferWriter<byte>
{
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(1024, pinned: true);
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Starts the next answer.</summary>
    public void Clear() => _length = 0;

    public void Advance(int count) => _length += count;

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int needed = _length + Math.Max(sizeHint, 1);
        if (needed > _bytes.Length)
        {
            byte[] larger = GC.AllocateUninitializedArray<byte>(Math.Max(needed, _bytes.Length * 2), pinned: true);
            Written.CopyTo(larger);
            _bytes = larger;
        }

        return _bytes.AsMemory(_length);
    }
}
