namespace Berth.Remote.Wire;

/// <summary>
/// Splits the bytes of a watch into server-sent events (WHATWG HTML, 9.2) as they arrive, and hands the data of each to the reader piece by
/// piece. It never buffers an event. Ids and retry times are ignored: a <c>source</c> event names the state to resume from.
/// </summary>
internal sealed class EventParser(WatchReader reader)
{
    // Longer than the known names and kinds, with a byte order mark in front.
    private const int MaxWord = 32;

    private readonly byte[] _name = new byte[MaxWord];
    private readonly byte[] _kind = new byte[MaxWord];
    private Position _position;
    private Field _field;
    private int _nameLength;
    private int _kindLength;
    private bool _hasData;
    private bool _isFirstLine = true;
    private bool _isAfterReturn;

    private enum Position
    {
        Name,
        BeforeValue,
        Value,
    }

    private enum Field
    {
        Other,
        Kind,
        Data,
    }

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads bytes up to the end of an event, or all of them.</summary>
    /// <param name="bytes">The next bytes of the stream.</param>
    /// <param name="taken">The number of bytes that were read.</param>
    /// <returns>The event that has ended, or null when all bytes were read and none has.</returns>
    /// <exception cref="WatchFormatException">This is no event of a watch of this target.</exception>
    public WatchMessage? Read(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        while (taken < bytes.Length)
        {
            byte first = bytes[taken];
            if (first is (byte)'\r' or (byte)'\n')
            {
                taken++;
                // A line ends with a return, a line feed, or both.
                bool isSecond = _isAfterReturn && first == '\n';
                _isAfterReturn = first == '\r';
                if (!isSecond && EndLine() is { } message)
                    return message;
                continue;
            }

            _isAfterReturn = false;
            taken += _position switch
            {
                Position.Name => ReadName(bytes[taken..]),
                Position.BeforeValue => PassSpace(first),
                _ => ReadValue(bytes[taken..]),
            };
        }

        return null;
    }

    private int ReadName(ReadOnlySpan<byte> bytes)
    {
        int length = bytes.IndexOfAny((byte)':', (byte)'\r', (byte)'\n');
        Append(_name, ref _nameLength, length < 0 ? bytes : bytes[..length]);
        if (length < 0)
            return bytes.Length;
        if (bytes[length] != ':')
            return length;
        BeginField();
        return length + 1;
    }

    private void BeginField()
    {
        ReadOnlySpan<byte> name = _name.AsSpan(0, Math.Min(_nameLength, MaxWord));
        if (_isFirstLine && name.StartsWith(ByteOrderMark))
            name = name[ByteOrderMark.Length..];
        _position = Position.BeforeValue;
        _field = name.SequenceEqual("data"u8) ? Field.Data : name.SequenceEqual("event"u8) ? Field.Kind : Field.Other;
        if (_field == Field.Kind)
            BeginKind();
        else if (_field == Field.Data)
            BeginData();
    }

    private void BeginKind()
    {
        // The reader of this kind of event reads the data as it arrives.
        if (_hasData)
            throw new WatchFormatException("it names an event after its data");
        _kindLength = 0;
    }

    private void BeginData()
    {
        if (_hasData)
            reader.Append("\n"u8);
        else
            reader.Begin(_kindLength > MaxWord ? [] : _kind.AsSpan(0, _kindLength));
        _hasData = true;
    }

    private int PassSpace(byte first)
    {
        _position = Position.Value;
        return first == ' ' ? 1 : 0;
    }

    private int ReadValue(ReadOnlySpan<byte> bytes)
    {
        int length = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        ReadOnlySpan<byte> value = length < 0 ? bytes : bytes[..length];
        if (_field == Field.Kind)
            Append(_kind, ref _kindLength, value);
        else if (_field == Field.Data)
            reader.Append(value);
        return value.Length;
    }

    private WatchMessage? EndLine()
    {
        bool isEmpty = _position == Position.Name && _nameLength == 0;
        if (_position == Position.Name && !isEmpty)
            BeginField();
        _position = Position.Name;
        _nameLength = 0;
        _isFirstLine = false;
        return isEmpty ? EndEvent() : null;
    }

    private WatchMessage? EndEvent()
    {
        // An event without data does not count.
        WatchMessage? message = _hasData ? reader.End() : null;
        _kindLength = 0;
        _hasData = false;
        return message;
    }

    /// <summary>Keeps the start of a word. A length above the limit shows that the word was longer.</summary>
    private static void Append(byte[] word, ref int length, ReadOnlySpan<byte> part)
    {
        if (length + part.Length <= MaxWord)
            part.CopyTo(word.AsSpan(length));
        length = Math.Min(length + part.Length, MaxWord + 1);
    }
}
