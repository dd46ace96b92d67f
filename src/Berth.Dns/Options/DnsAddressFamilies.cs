namespace Berth.Dns;

/// <summary>Which addresses are asked for, and which come first in an endpoint.</summary>
public enum DnsAddressFamilies
{
    /// <summary>A and AAAA; IPv4 first.</summary>
    IPv4ThenIPv6 = 0,

    /// <summary>A and AAAA; IPv6 first.</summary>
    IPv6ThenIPv4 = 1,

    /// <summary>A only.</summary>
    IPv4Only = 2,

    /// <summary>AAAA only.</summary>
    IPv6Only = 3,
}
