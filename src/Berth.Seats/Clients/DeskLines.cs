namespace Berth.Seats.Clients;

/// <summary>Reads lines of bytes, each bounded.</summary>
internal sealed class LineReader(Stream body, int maxLength)
{
    private byte[] _buffer = new byte[1024];
    private int _start;
    private int _end;

    /// <summary>Reads the next line without its end; null at the end of the stream. It is good until the next call.</summary>
    /// <exception cref="IOException">The line is too long, or the stream broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        int searched = 0;
        while (true)
        {
            int newline = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, searched + newline);
                _start += searched + newline + 1;
                return line;
            }

            searched = _end - _start;
            if (searched > maxLength)
                throw new IOException($"A line of the desk has more than {maxLength} bytes.");
            MakeRoom();
            int read = await body.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return null;
            _end += read;
        }
    }

    private void MakeRoom()
    {
        byte[] target = _end - _start > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        _buffer = target;
        _end -= _start;
        _start = 0;
    }
}
