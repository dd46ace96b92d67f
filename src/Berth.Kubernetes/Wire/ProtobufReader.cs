namespace Berth.Kubernetes.Wire;

/// <summary>
/// Reads the fields of a protobuf message in their order (<see href="https://protobuf.dev/programming-guides/encoding/"/>). Kubernetes uses
/// the rules of proto2: an absent field was not stated.
/// </summary>
/// <param name="data">The message, or its buffered part.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> data)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Lengthy = 2;
    private const int Fixed32 = 5;
    private const int MaxVarintBytes = 10;

    private readonly ReadOnlySpan<byte> _data = data;
    private ReadOnlySpan<byte> _bytes;
    private ulong _number;
    private int _type;

    /// <summary>The number of bytes that have been read.</summary>
    public int Position { get; private set; }

    /// <summary>The number of the field that was read.</summary>
    public int Field { get; private set; }

    /// <summary>Moves to the next field of a complete message. False at its end.</summary>
    /// <exception cref="ResourceFormatException">The message is broken.</exception>
    public bool Read()
    {
        ReadOnlySpan<byte> rest = _data[Position..];
        if (rest.IsEmpty)
            return false;
        // Nearly every field here has a tag of one byte. It is a short text, a boolean, or an endpoint with a length of two bytes.
        if (rest.Length > 1 && rest[0] is > 7 and < 0x80)
        {
            _type = rest[0] & 7;
            Field = rest[0] >> 3;
            int head = 2;
            int value = rest[1];
            if (value >= 0x80 && rest.Length > 2 && rest[2] < 0x80)
            {
                head = 3;
                value = (value & 0x7f) | (rest[2] << 7);
            }

            if (_type == Lengthy && (value < 0x80 || head == 3) && value <= rest.Length - head)
            {
                _bytes = rest.Slice(head, value);
                Position += head + value;
                return true;
            }

            if (_type == Varint && value < 0x80)
            {
                _number = (ulong)value;
                Position += head;
                return true;
            }
        }

        return TryRead() ? true : throw new ResourceFormatException("a protobuf message is cut short");
    }

    /// <summary>
    /// Moves to the next field of a message that may be incomplete. False when the buffered bytes do not contain the whole field.
    /// </summary>
    public bool TryRead()
    {
        int at = Position;
        if (!TryReadTag(ref at))
            return false;
        switch (_type)
        {
            case Varint:
                if (!TryReadVarint(ref at, out _number))
                    return false;
                break;
            case Lengthy:
                if (!TryReadVarint(ref at, out ulong length) || length > (ulong)(_data.Length - at))
                    return false;
                _bytes = _data.Slice(at, (int)length);
                at += (int)length;
                break;
            case Fixed64 or Fixed32:
                at += _type == Fixed64 ? sizeof(ulong) : sizeof(uint);
                if (at > _data.Length)
                    return false;
                break;
            default:
                throw new ResourceFormatException($"a protobuf field has the wire type {_type}, which Kubernetes does not use");
        }

        Position = at;
        return true;
    }

    /// <summary>
    /// Moves to the start of the content of a field with a given number. False when its tag and length are not complete, or it is another
    /// field.
    /// </summary>
    public bool TryEnter(int field, out long length)
    {
        int at = Position;
        length = 0;
        if (!TryReadTag(ref at) || Field != field || _type != Lengthy || !TryReadVarint(ref at, out ulong stated))
            return false;
        if (stated > int.MaxValue)
            throw new ResourceFormatException($"a protobuf field states a length of {stated} bytes");
        length = (long)stated;
        Position = at;
        return true;
    }

    /// <summary>The content of the field: a text, or a message.</summary>
    public readonly ReadOnlySpan<byte> Bytes(string field) => _type == Lengthy ? _bytes : throw Unexpected(field);

    /// <summary>The field as a string.</summary>
    public readonly string Text(string field) => Utf8Text.Read(Bytes(field), field);

    /// <summary>The field as a number.</summary>
    public readonly int Number(string field) =>
        _type != Varint ? throw Unexpected(field) : (long)_number is >= int.MinValue and <= int.MaxValue ? (int)_number
            : throw Unexpected(field);

    /// <summary>The field as a number; one that is no 32-bit number counts as the nearest that is.</summary>
    public readonly int NearestNumber(string field) =>
        _type != Varint ? throw Unexpected(field) : (int)Math.Clamp((long)_number, int.MinValue, int.MaxValue);

    /// <summary>The field as a boolean.</summary>
    public readonly bool Flag(string field) => _type == Varint ? _number != 0 : throw Unexpected(field);

    private readonly ResourceFormatException Unexpected(string field) =>
        new($"the field '{field}' has the wire type {_type} where the API documents another type, or does not fit it");

    private bool TryReadTag(ref int at)
    {
        if (!TryReadVarint(ref at, out ulong tag))
            return false;
        if (tag >> 3 is 0 or > int.MaxValue)
            throw new ResourceFormatException("a protobuf field has no number");
        Field = (int)(tag >> 3);
        _type = (int)(tag & 7);
        return true;
    }

    private readonly bool TryReadVarint(ref int at, out ulong value)
    {
        ReadOnlySpan<byte> all = _data;
        value = 0;
        if ((uint)at >= (uint)all.Length)
            return false;
        // Nearly all tags, lengths and numbers are one byte.
        byte first = all[at];
        if (first < 0x80)
        {
            value = first;
            at++;
            return true;
        }

        for (int i = 0; i < MaxVarintBytes; i++)
        {
            if (at + i >= all.Length)
                return false;
            byte part = all[at + i];
            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part < 0x80)
            {
                at += i + 1;
                return true;
            }
        }

        throw new ResourceFormatException("a protobuf number is longer than 10 bytes");
    }
}
