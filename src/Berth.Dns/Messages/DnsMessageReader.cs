using System.Buffers.Binary;
using System.Net;

namespace Berth.Dns.Messages;

/// <summary>
/// Decodes a response. The work is limited: a message has at most 65,535 octets, a record at least eleven, and a message that claims more
/// records than <see cref="MaxRecords"/> is refused before the first is read.
/// </summary>
internal static class DnsMessageReader
{
    /// <summary>The limit of records per response, well above the number that fits into 65,535 octets.</summary>
    public const int MaxRecords = 8192;

    /// <summary>Reads the header and the question, and compares them with the query.</summary>
    /// <returns>True for an answer to this question. Any other message is late or forged.</returns>
    public static bool Matches(ReadOnlySpan<byte> message, ushort id, DnsQuestion question)
    {
        if (!DnsHeader.TryRead(message, out DnsHeader header) || !header.IsResponse || header.Id != id)
            return false;
        // A server that could not read the query may leave out the question.
        if (header.QuestionCount == 0)
            return header.Code is not (DnsResponseCode.NoError or DnsResponseCode.NameDoesNotExist);
        int at = DnsHeader.Size;
        try
        {
            return header.QuestionCount == 1 && ReadQuestion(message, ref at) == question;
        }
        catch (DnsFormatException)
        {
            return false;
        }
    }

    /// <exception cref="DnsFormatException">The message breaks the format.</exception>
    public static DnsMessage Read(ReadOnlySpan<byte> message)
    {
        if (!DnsHeader.TryRead(message, out DnsHeader header))
            throw new DnsFormatException($"it has a length of {message.Length}, less than a header");
        if (header.IsTruncated)
            return new DnsMessage { Header = header, Code = header.Code };
        if (header.Records > MaxRecords)
            throw new DnsFormatException($"it claims {header.Records} records, more than {MaxRecords}");
        int at = DnsHeader.Size;
        for (int i = 0; i < header.QuestionCount; i++)
            ReadQuestion(message, ref at);
        int extended = 0;
        return new DnsMessage
        {
            Header = header,
            Answers = ReadSection(message, ref at, header.Answers, ref extended),
            Authorities = ReadSection(message, ref at, header.Authorities, ref extended),
            Additionals = ReadSection(message, ref at, header.Additionals, ref extended),
            Code = (DnsResponseCode)((extended << 4) | (int)header.Code),
        };
    }

    private static DnsQuestion ReadQuestion(ReadOnlySpan<byte> message, ref int at)
    {
        string name = DnsNames.Read(message, ref at);
        ReadOnlySpan<byte> rest = Take(message, ref at, 4);
        return BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) == 1
            ? new DnsQuestion(name, (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(rest))
            : throw new DnsFormatException("a question is not of class IN");
    }

    private static List<DnsRecord> ReadSection(ReadOnlySpan<byte> message, ref int at, int count, ref int extended)
    {
        List<DnsRecord> records = [];
        for (int i = 0; i < count; i++)
        {
            string name = DnsNames.Read(message, ref at);
            ReadOnlySpan<byte> rest = Take(message, ref at, 10);
            DnsRecordType type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(rest);
            int @class = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            uint ttl = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            int start = at;
            Take(message, ref at, BinaryPrimitives.ReadUInt16BigEndian(rest[8..]));
            if (type == DnsRecordType.Opt)
                extended = (int)(ttl >> 24);
            else if (@class == 1 && ReadData(message, start, at, new DnsRecord(name, type, Seconds(ttl))) is { } record)
                records.Add(record);
        }

        return records;
    }

    private static DnsRecord? ReadData(ReadOnlySpan<byte> message, int start, int end, DnsRecord record)
    {
        ReadOnlySpan<byte> data = message[start..end];
        switch (record.Type)
        {
            case DnsRecordType.A or DnsRecordType.Aaaa:
                if (data.Length != (record.Type == DnsRecordType.A ? 4 : 16))
                    throw new DnsFormatException($"the address of {record.Name} has a length of {data.Length}");
                return record with { Address = new IPAddress(data) };
            case DnsRecordType.CName:
                return record with { Target = ReadTarget(message, start, end) };
            case DnsRecordType.Srv:
                if (data.Length < 7)
                    throw new DnsFormatException($"an SRV record of {record.Name} has a length of {data.Length}");
                return record with { Port = BinaryPrimitives.ReadUInt16BigEndian(data[4..]), Target = ReadTarget(message, start + 6, end) };
            case DnsRecordType.Soa:
                if (data.Length < 22)
                    throw new DnsFormatException($"the SOA record of {record.Name} has a length of {data.Length}");
                return record with { NegativeTtl = Math.Min(record.Ttl, Seconds(BinaryPrimitives.ReadUInt32BigEndian(data[^4..]))) };
            case DnsRecordType.NS:
                return record;
            default:
                return null;
        }
    }

    private static string ReadTarget(ReadOnlySpan<byte> message, int start, int end)
    {
        // The name may be compressed, so it needs the message from its start. It must end where its record ends.
        int at = start;
        string name = DnsNames.Read(message[..end], ref at);
        return at == end ? name : throw new DnsFormatException("a name does not fill its record");
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> message, ref int at, int count)
    {
        if (at + count > message.Length)
            throw new DnsFormatException($"it ends at octet {message.Length} in the middle of a record");
        ReadOnlySpan<byte> taken = message.Slice(at, count);
        at += count;
        return taken;
    }

    /// <summary>Converts a TTL to seconds. A TTL with its highest bit set counts as zero (RFC 2181, section 8).</summary>
    private static int Seconds(uint ttl) => ttl > int.MaxValue ? 0 : (int)ttl;
}
