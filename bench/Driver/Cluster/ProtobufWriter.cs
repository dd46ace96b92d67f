using System.Buffers;
using System.Text;

namespace Berth.Bench.Cluster;

/// <summary>
/// The part of protobuf that a slice needs. It is written for the fake server alone, so that it does not repeat a mistake of the program's
/// reader.
/// </summary>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufWriter Message(int field, Action<ProtobufWriter> write)
    {
        ProtobufWriter inner = new();
        write(inner);
        return Bytes(field, inner.ToArray());
    }

    public ProtobufWriter Number(int field, ulong value)
    {
        Varint((ulong)field << 3);
        Varint(value);
        return this;
    }

    public ProtobufWriter Flag(int field, bool value) => Number(field, value ? 1u : 0u);

    public ProtobufWriter Pair(int field, string key, string value) => Message(field, pair => pair.Text(1, key).Text(2, value));

    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Begin(field, value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>Writes the tag and length of a field whose bytes are sent separately.</summary>
    public ProtobufWriter Begin(int field, long length)
    {
        Varint(((ulong)field << 3) | 2);
        Varint((ulong)length);
        return this;
    }

    public ProtobufWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Write([(byte)(value | 0x80)]);
        _bytes.Write([(byte)value]);
    }
}
