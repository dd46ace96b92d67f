using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Berth.TestKit.Dns;

/// <summary>One record of a test's zone: as octets for our server, as text for a real one.</summary>
public sealed record TestRecord(string Name, int Type, int Ttl, byte[] Data, string Text)
{
    public static TestRecord Address(string name, string address, int ttl)
    {
        IPAddress parsed = IPAddress.Parse(address);
        byte[] octets = parsed.GetAddressBytes();
        bool isV4 = octets.Length == 4;
        return new TestRecord(name, isV4 ? DnsType.A : DnsType.Aaaa, ttl, octets, (isV4 ? "A " : "AAAA ") + parsed);
    }

    public static TestRecord Srv(string name, int port, string target, int ttl)
    {
        byte[] numbers = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(numbers.AsSpan(2), 10);
        BinaryPrimitives.WriteUInt16BigEndian(numbers.AsSpan(4), (ushort)port);
        return new TestRecord(
            name, DnsType.Srv, ttl, [.. numbers, .. EncodeName(target)],
            string.Create(CultureInfo.InvariantCulture, $"SRV 0 10 {port} {target}."));
    }

    public static TestRecord CName(string name, string target, int ttl) =>
        new(name, DnsType.CName, ttl, EncodeName(target), $"CNAME {target}.");

    public static TestRecord Ns(string name, string target, int ttl) => new(name, DnsType.Ns, ttl, EncodeName(target), $"NS {target}.");

    public static TestRecord Soa(string name, int ttl, int negativeTtl)
    {
        byte[] numbers = new byte[20];
        BinaryPrimitives.WriteInt32BigEndian(numbers.AsSpan(16), negativeTtl);
        return new TestRecord(
            name, DnsType.Soa, ttl, [.. EncodeName($"ns.dns.{name}"), .. EncodeName($"hostmaster.{name}"), .. numbers],
            string.Create(CultureInfo.InvariantCulture, $"SOA ns.dns.{name}. hostmaster.{name}. 1 7200 1800 86400 {negativeTtl}"));
    }

    public static byte[] EncodeName(string name) =>
        [.. (name.Length == 0 ? [] : name.Split('.')).SelectMany(static l => Encoding.ASCII.GetBytes(l).Prepend((byte)l.Length)), 0];
}
