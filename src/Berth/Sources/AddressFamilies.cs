namespace Berth;

/// <summary>The IP families of endpoints' addresses, and their order.</summary>
public enum AddressFamilies
{
    /// <summary>Both families, IPv4 first.</summary>
    IPv4ThenIPv6 = 0,

    /// <summary>Both families, IPv6 first.</summary>
    IPv6ThenIPv4 = 1,

    /// <summary>IPv4 only. A pod without an IPv4 address is left out.</summary>
    IPv4Only = 2,

    /// <summary>IPv6 only. A pod without an IPv6 address is left out.</summary>
    IPv6Only = 3,
}
