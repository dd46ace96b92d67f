using System.Buffers.Binary;

namespace Berth.Dns.Messages;

/// <summary>The fixed twelve octets at the start of every message (RFC 1035, 4.1.1).</summary>
internal readonly record struct DnsHeader(ushort Id, ushort Flags, int QuestionCount, int Answers, int Authorities, int Additionals)
{
    public const int Size = 12;

    public bool IsResponse => (Flags & 0x8000) != 0;

    public bool IsTruncated => (Flags & 0x0200) != 0;

    public DnsResponseCode Code => (DnsResponseCode)(Flags & 0x000F);

    public int Records => Answers + Authorities + Additionals;

    public static bool TryRead(ReadOnlySpan<byte> message, out DnsHeader header)
    {
        header = default;
        if (message.Length < Size)
            return false;
        header = new DnsHeader(
            BinaryPrimitives.ReadUInt16BigEndian(message),
            BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[10..]));
        return true;
    }
}
