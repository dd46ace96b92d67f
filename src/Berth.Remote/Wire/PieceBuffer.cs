namespace Berth.Remote.Wire;

/// <summary>The data of an event that has arrived and is not read yet. It is small, unless one item of the data is large.</summary>
internal sealed class PieceBuffer
{
    private const int FirstLength = 4 * 1024;

    // About 75 pods. After each fill, the pod that is cut by the end of the buffer is read a second time.
    private const int UsualLength = 32 * 1024;

    private byte[] _bytes = [];
    private int _length;

    /// <summary>The data that is not read yet.</summary>
    public ReadOnlySpan<byte> Unread => _bytes.AsSpan(0, _length);

    /// <summary>True when the buffer is full: then data must be read, or <see cref="Grow"/> called.</summary>
    public bool IsFull => _length == _bytes.Length;

    /// <summary>True while a longer buffer is better than reading.</summary>
    public bool IsSmall => _bytes.Length < UsualLength;

    /// <summary>Adds as much of a piece as fits.</summary>
    /// <returns>The rest of the piece.</returns>
    public ReadOnlySpan<byte> Add(ReadOnlySpan<byte> piece)
    {
        int count = Math.Min(piece.Length, _bytes.Length - _length);
        piece[..count].CopyTo(_bytes.AsSpan(_length));
        _length += count;
        return piece[count..];
    }

    /// <summary>Doubles the length, so that an item of any length is searched only a few times.</summary>
    public void Grow() => Array.Resize(ref _bytes, Math.Max(FirstLength, 2 * _bytes.Length));

    /// <summary>Removes what has been read from the front.</summary>
    public void Remove(int read)
    {
        Unread[read..].CopyTo(_bytes);
        _length -= read;
    }

    /// <summary>Drops all data, and keeps only a small buffer.</summary>
    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > FirstLength)
            _bytes = [];
    }
}
