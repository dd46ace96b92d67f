namespace Berth.Dns.Messages;

/// <summary>The record types that Berth reads (RFC 1035, 2782, 3596, 6891). It skips others.</summary>
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
