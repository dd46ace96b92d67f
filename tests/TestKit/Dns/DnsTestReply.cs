using System.Buffers.Binary;

namespace Berth.TestKit.Dns;

/// <summary>The reply of the test server: no, one or several messages, right or wrong.</summary>
public sealed record DnsTestReply(params byte[][] Messages)
{
    /// <summary>Nothing: over TCP the connection stays open and silent.</summary>
    public static DnsTestReply Silence { get; } = new();

    public static DnsTestReply Code(DnsTestQuery query, int code) => new(Encode(query, code, [], [], []));

    /// <summary>The answer of a correct server from a zone, truncated when it does not fit into a datagram.</summary>
    public static DnsTestReply FromZone(DnsTestQuery query, TestZone zone)
    {
        IReadOnlyList<TestRecord> answers = zone.Find(query.Name, query.Type);
        byte[] whole = Encode(query, zone.Has(query.Name) ? 0 : 3, answers, answers.Count > 0 ? [] : [zone.Soa], []);
        return new(query.IsTcp || whole.Length <= query.PayloadSize ? whole : Encode(query, 0, [], [], [], truncated: true));
    }

    public static DnsTestReply Of(
        DnsTestQuery query, IReadOnlyList<TestRecord> answers, IReadOnlyList<TestRecord>? authorities = null,
        IReadOnlyList<TestRecord>? additionals = null) =>
        new(Encode(query, 0, answers, authorities ?? [], additionals ?? []));

    public static DnsTestReply Truncated(DnsTestQuery query) => new(Encode(query, 0, [], [], [], truncated: true));

    /// <summary>The message with another id.</summary>
    public static byte[] WithWrongId(byte[] message)
    {
        byte[] forged = [.. message];
        forged[0] ^= 0x55;
        return forged;
    }

    public static byte[] Encode(
        DnsTestQuery query, int code, IReadOnlyList<TestRecord> answers, IReadOnlyList<TestRecord> authorities,
        IReadOnlyList<TestRecord> additionals, bool truncated = false)
    {
        byte[] header = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(header, query.Id);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(0x8580 | (truncated ? 0x0200 : 0) | code));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)answers.Count);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(8), (ushort)authorities.Count);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), (ushort)additionals.Count);
        return [.. header, .. query.Question, .. answers.Concat(authorities).Concat(additionals).SelectMany(Encode)];
    }

    private static byte[] Encode(TestRecord record)
    {
        byte[] numbers = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(numbers, (ushort)record.Type);
        BinaryPrimitives.WriteUInt16BigEndian(numbers.AsSpan(2), 1);
        BinaryPrimitives.WriteInt32BigEndian(numbers.AsSpan(4), record.Ttl);
        BinaryPrimitives.WriteUInt16BigEndian(numbers.AsSpan(8), (ushort)record.Data.Length);
        return [.. TestRecord.EncodeName(record.Name), .. numbers, .. record.Data];
    }
}
