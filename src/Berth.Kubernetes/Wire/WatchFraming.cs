namespace Berth.Kubernetes.Wire;

/// <summary>
/// Cuts a watch's bytes into lines, one event a line, wherever the network split them. The buffer grows with the longest line, up to a
/// bound, and shrinks again; a line that never ended is never given out.
/// </summary>
internal sealed class WatchFraming : IDisposable
{
    /// <summary>The longest line, in bytes. An object in etcd has at most 1.5 MiB, and JSON may be some times that.</summary>
    public const int MaxLineLength = 16 * 1024 * 1024;

    private const int FirstLength = 16 * 1024;

    private byte[] _buffer = ReadBuffers.Rent(FirstLength);
    private int _start;
    private int _end;

    // Up to here no line end was found: a long line is searched once, not once for each piece that arrives.
    private int _searched;

    /// <summary>The number of bytes that wait for the rest of their line.</summary>
    public int Pending => _end - _start;

    /// <summary>Takes the next whole line that is not blank, without its end. It is valid until the next call of any member.</summary>
    public bool TryTakeLine(out ReadOnlySpan<byte> line)
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

    /// <summary>The free space for the next bytes; at least one.</summary>
    /// <exception cref="ResourceFormatException">The line that is arriving is too long.</exception>
    public Memory<byte> GetMemory()
    {
        if (_start == _end)
            Empty();
        else if (_end == _buffer.Length)
            MakeRoom();
        return _buffer.AsMemory(_end);
    }

    /// <summary>Tells how many bytes were put there.</summary>
    public void Advance(int count) => _end += count;

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _end = _searched = 0;
        ReadBuffers.Return(buffer);
    }

    private void Empty()
    {
        _start = _end = _searched = 0;
        // One large event must not hold its memory until the watch ends.
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

        if (Pending >= MaxLineLength)
            throw new ResourceFormatException($"one watch event is longer than {MaxLineLength / (1024 * 1024)} MiB");
        Swap(_buffer.Length * 2);
    }

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
        _searched -= _start;
        _start = 0;
    }
}
