using System.Net.Sockets;

namespace Berth.Sources;

/// <summary>What the values of <see cref="AddressFamilies"/> mean for one family.</summary>
internal static class AddressFamilyRules
{
    /// <summary>The family that comes first.</summary>
    public static AddressFamily First(this AddressFamilies families) =>
        families is AddressFamilies.IPv6ThenIPv4 or AddressFamilies.IPv6Only ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <summary>True when addresses of the family are wanted.</summary>
    public static bool Takes(this AddressFamilies families, AddressFamily family) =>
        families is AddressFamilies.IPv4ThenIPv6 or AddressFamilies.IPv6ThenIPv4 || family == families.First();
}
