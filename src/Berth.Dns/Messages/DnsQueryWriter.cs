using System.Buffers.Binary;
using System.Text;

namespace Berth.Dns.Messages;

/// <summary>Writes a query of one question, recursion desired, with or without EDNS(0).</summary>
internal static class DnsQueryWriter
{
    /// <summary>The largest UDP answer that a query asks for. It passes every network without fragments (DNS Flag Day 2020).</summary>
    public const int UdpPayload = 1232;

    private const int MaxSize = DnsHeader.Size + DnsNames.MaxWireLength + 4 + 11;

    public static byte[] Write(ushort id, DnsQuestion question, bool edns)
    {
        Span<byte> buffer = stackalloc byte[MaxSize];
        buffer.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        buffer[2] = 0x01;
        buffer[5] = 1;
        buffer[11] = edns ? (byte)1 : (byte)0;
        int at = DnsHeader.Size;
        foreach (Range part in question.Name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> label = question.Name.AsSpan(part);
            buffer[at] = (byte)label.Length;
            at += 1 + Encoding.ASCII.GetBytes(label, buffer[(at + 1)..]);
        }

        at++;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], (ushort)question.Type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 2)..], 1);
        at += 4;
        if (edns)
        {
            // The OPT record: the root as owner, the payload size instead of a class; version, flags and length are zero (RFC 6891, 6.1.2).
            BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 1)..], (ushort)DnsRecordType.Opt);
            BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 3)..], UdpPayload);
            at += 11;
        }

        return buffer[..at].ToArray();
    }
}
