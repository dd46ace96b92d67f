using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Kubernetes.Slices;

/// <summary>
/// Reads the address of an endpoint as Kubernetes writes it: dotted decimal without leading zeros, or IPv6 without a zone. The many other
/// spellings .NET accepts (10.1, 0x7f.1) would be guesses here.
/// </summary>
internal static class SliceAddress
{
    /// <summary>Longer than any address; what is longer is cut in messages.</summary>
    private const int MaxTextLength = 80;

    public static bool TryParse(ReadOnlySpan<byte> text, out IPAddress? address)
    {
        address = null;
        if (text.Contains((byte)':'))
            return !text.ContainsAny("%[]/"u8) && TryParseText(text, out address);
        return IsDottedDecimal(text) && TryParseText(text, out address);
    }

    /// <summary>What keeps an address of a slice of this type from being dialled, or null.</summary>
    public static EndpointFault? FaultOf(SliceAddressType type, IPAddress? address, string? text)
    {
        if (type == SliceAddressType.Fqdn)
            return new EndpointFault(ExclusionReason.NoAddress, $"the slice states the name '{text}', not an IP address");
        if (type == SliceAddressType.Unknown)
            return new EndpointFault(ExclusionReason.NoAddress, "the slice is of an address type that is not IPv4, IPv6 or FQDN");
        if (text is null)
            return new EndpointFault(ExclusionReason.NoAddress, "the slice states no address for it");
        AddressFamily wanted = type == SliceAddressType.IPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        if (address?.AddressFamily != wanted)
            return new EndpointFault(ExclusionReason.Malformed, $"'{text}' is not an {type} address");
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? new EndpointFault(ExclusionReason.Malformed, $"'{text}' is no machine's address")
            : null;
    }

    public static string Printable(ReadOnlySpan<byte> text)
    {
        string whole = Encoding.UTF8.GetString(text.Length > MaxTextLength ? text[..MaxTextLength] : text);
        return text.Length > MaxTextLength ? whole + "..." : whole;
    }

    private static bool TryParseText(ReadOnlySpan<byte> text, out IPAddress? address)
    {
        Span<char> chars = stackalloc char[64];
        address = null;
        return text.Length <= chars.Length && Encoding.UTF8.TryGetChars(text, chars, out int length) && IPAddress.TryParse(chars[..length], out address);
    }

    private static bool IsDottedDecimal(ReadOnlySpan<byte> text)
    {
        int parts = 0;
        foreach (Range range in text.Split((byte)'.'))
        {
            ReadOnlySpan<byte> part = text[range];
            if (part.IsEmpty || part.Length > 3 || part.ContainsAnyExceptInRange((byte)'0', (byte)'9') || (part.Length > 1 && part[0] == '0'))
                return false;
            parts++;
        }

        return parts == 4;
    }
}
