using System.Net.Sockets;

namespace Berth.Sources;

/// <summary>The meaning of <see cref="AddressFamilies"/> for one family.</summary>
internal static class AddressFamilyRules
{
    /// <summary>The family that comes first.</summary>
    public static AddressFamily First(this AddressFamilies families) =>
        families is AddressFamilies.IPv6ThenIPv4 or AddressFamilies.IPv6Only ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <summary>Returns true when addresses of the family are used.</summary>
    public static bool Takes(this AddressFamilies families, AddressFamily family) =>
        families is AddressFamilies.IPv4ThenIPv6 or AddressFamilies.IPv6ThenIPv4 || family == families.First();
}
