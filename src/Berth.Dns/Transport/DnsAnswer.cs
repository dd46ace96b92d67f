using Berth.Dns.Messages;

namespace Berth.Dns.Transport;

/// <summary>The answer of DNS to one question. An answer without records is valid too.</summary>
internal sealed class DnsAnswer
{
    /// <summary>The records of the requested type, after aliases.</summary>
    public IReadOnlyList<DnsRecord> Records { get; init; } = [];

    /// <summary>The additional records, such as the addresses of SRV targets.</summary>
    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];

    /// <summary>False for NXDOMAIN: the name does not exist, and nothing exists below it (RFC 8020).</summary>
    public bool NameExists { get; init; } = true;

    /// <summary>The time for which the answer is valid: the lowest TTL of its records.</summary>
    public required TimeSpan Ttl { get; init; }
}
