using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Berth.TestKit.Dns;

/// <summary>A query as the server of the tests received it.</summary>
public sealed record DnsTestQuery(ushort Id, string Name, int Type, bool IsTcp, bool HasEdns, int PayloadSize, byte[] Question)
{
    /// <summary>The sender of the query.</summary>
    public EndPoint? Client { get; init; }

    public static DnsTestQuery Parse(ReadOnlySpan<byte> message, bool isTcp)
    {
        List<string> labels = [];
        int at = 12;
        while (message[at] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(message.Slice(at + 1, message[at])));
            at += 1 + message[at];
        }

        int type = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]);
        byte[] question = message[12..(at + 5)].ToArray();
        bool edns = BinaryPrimitives.ReadUInt16BigEndian(message[10..]) > 0;
        int payload = edns ? BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]) : 512;
        return new DnsTestQuery(
            BinaryPrimitives.ReadUInt16BigEndian(message), string.Join('.', labels), type, isTcp, edns, payload, question);
    }

    public override string ToString() => $"{Type} {Name}{(IsTcp ? " over TCP" : "")}";
}
