using System.Buffers.Binary;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Splits a watch's bytes into events, however the network has split them. In JSON each event is one line. In protobuf each event follows
/// its length: four bytes, the highest first. The buffer grows with the longest event, up to a limit, and shrinks again. An incomplete
/// event is never returned.
/// </summary>
/// <param name="isProtobuf">True for events with a length, false for lines.</param>
internal sealed class WatchFraming(bool isProtobuf = false) : IDisposable
{
    /// <summary>The longest event, in bytes. An object in etcd has at most 1.5 MiB, and JSON may be some times that.</summary>
    public const int MaxEventLength = 16 * 1024 * 1024;

    private const int FirstLength = 16 * 1024;

    private byte[] _buffer = ReadBuffers.Rent(FirstLength);
    private int _start;
    private int _end;

    // No line end before this position. A long line is then searched only once, not again for each new piece.
    private int _searched;

    /// <summary>The number of bytes of an incomplete event.</summary>
    public int Pending => _end - _start;

    /// <summary>Returns the next complete event. It is valid until the next call of any member.</summary>
    public bool TryTake(out ReadOnlySpan<byte> taken) => isProtobuf ? TryTakeMessage(out taken) : TryTakeLine(out taken);

    /// <summary>The free space for the next bytes, at least one byte.</summary>
    /// <exception cref="ResourceFormatException">The event that is arriving is too long.</exception>
    public Memory<byte> GetMemory()
    {
        if (_start == _end)
            Empty();
        else if (isProtobuf && Pending >= sizeof(uint) && StatedLength > MaxEventLength)
            throw TooLong();
        else if (_end == _buffer.Length)
            MakeRoom();
        return _buffer.AsMemory(_end);
    }

    /// <summary>Reports the number of bytes that were written there.</summary>
    public void Advance(int count) => _end += count;

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _end = _searched = 0;
        ReadBuffers.Return(buffer);
    }

    private uint StatedLength => BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));

    /// <summary>Returns the next line that is not blank, without its line end.</summary>
    private bool TryTakeLine(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            int found = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (found < 0)
            {
                _searched = _end;
                line = default;
                return false;
            }

            line = _buffer.AsSpan(_start, _searched + found - _start).TrimEnd((byte)'\r');
            _start = _searched += found + 1;
            if (!line.IsEmpty)
                return true;
        }
    }

    private bool TryTakeMessage(out ReadOnlySpan<byte> message)
    {
        message = default;
        if (Pending < sizeof(uint) || StatedLength > (uint)(Pending - sizeof(uint)))
            return false;
        int length = (int)StatedLength;
        message = _buffer.AsSpan(_start + sizeof(uint), length);
        _start += sizeof(uint) + length;
        return true;
    }

    private void Empty()
    {
        _start = _end = _searched = 0;
        // The memory of one large event must not stay until the watch ends.
        if (_buffer.Length > 4 * FirstLength)
            Swap(FirstLength);
    }

    private void MakeRoom()
    {
        if (_start >= _buffer.Length / 2)
        {
            _buffer.AsSpan(_start, Pending).CopyTo(_buffer);
            Shift();
            return;
        }

        if (!isProtobuf && Pending >= MaxEventLength)
            throw TooLong();
        Swap(_buffer.Length * 2);
    }

    private static ResourceFormatException TooLong() =>
        new($"one watch event is longer than {MaxEventLength / (1024 * 1024)} MiB");

    private void Swap(int length)
    {
        byte[] next = ReadBuffers.Rent(length);
        _buffer.AsSpan(_start, Pending).CopyTo(next);
        ReadBuffers.Return(_buffer);
        _buffer = next;
        Shift();
    }

    private void Shift()
    {
        _end -= _start;
        _searched = Math.Max(0, _searched - _start);
        _start = 0;
    }
}
