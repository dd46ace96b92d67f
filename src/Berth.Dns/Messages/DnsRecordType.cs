namespace Berth.Dns.Messages;

/// <summary>The record types that this room reads (RFC 1035, 2782, 3596, 6891). Others are skipped.</summary>
internal enum DnsRecordType : ushort
{
    A = 1,
    NS = 2,
    CName = 5,
    Soa = 6,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
}
