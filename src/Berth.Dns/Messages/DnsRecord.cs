using System.Net;

namespace Berth.Dns.Messages;

/// <summary>One record. Its type determines which values it has.</summary>
/// <param name="Name">The owner, in lower case without the final dot.</param>
/// <param name="Type">The type.</param>
/// <param name="Ttl">The time to live in seconds, 0 to 2^31 - 1.</param>
internal sealed record DnsRecord(string Name, DnsRecordType Type, int Ttl)
{
    /// <summary>The address of an A or AAAA record.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The name that a CNAME or SRV record points to.</summary>
    public string? Target { get; init; }

    /// <summary>The port of an SRV record.</summary>
    public int Port { get; init; }

    /// <summary>The time for which a negative answer is valid, in seconds, from an SOA record (RFC 2308, section 5).</summary>
    public int NegativeTtl { get; init; }
}
