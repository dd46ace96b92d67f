using Berth.Dns.Messages;

namespace Berth.Dns.Transport;

/// <summary>The authoritative answer of DNS to one question. No records is an answer too.</summary>
internal sealed class DnsAnswer
{
    /// <summary>The records of the type that was asked for; aliases are followed.</summary>
    public IReadOnlyList<DnsRecord> Records { get; init; } = [];

    /// <summary>Other records that came along, such as the addresses of SRV targets.</summary>
    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];

    /// <summary>False for NXDOMAIN: the name does not exist, and nothing exists below it (RFC 8020).</summary>
    public bool NameExists { get; init; } = true;

    /// <summary>The time for which the answer is valid: the lowest TTL of its records.</summary>
    public required TimeSpan Ttl { get; init; }
}
