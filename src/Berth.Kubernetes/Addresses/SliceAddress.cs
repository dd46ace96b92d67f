using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Kubernetes.Addresses;

/// <summary>
/// Reads the address of an endpoint as Kubernetes writes it: dotted decimal without leading zeros, or IPv6 without a zone. .NET accepts
/// many other spellings (10.1, 0x7f.1), which would be guesses here.
/// </summary>
internal static class SliceAddress
{
    /// <summary>Longer than any address. Messages cut longer texts.</summary>
    private const int MaxTextLength = 80;

    public static bool TryParse(ReadOnlySpan<byte> text, out IPAddress? address)
    {
        address = null;
        if (text.Contains((byte)':'))
            return !text.ContainsAny("%[]/"u8) && TryParseText(text, out address);
        if (!TryParseIPv4(text, out uint number))
            return false;
        Span<byte> bytes = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        address = new IPAddress(bytes);
        return true;
    }

    /// <summary>Reads dotted decimal without leading zeros. The first part is the highest byte.</summary>
    public static bool TryParseIPv4(ReadOnlySpan<byte> text, out uint number)
    {
        number = 0;
        int part = -1;
        int dots = 0;
        foreach (byte c in text)
        {
            if (c == '.')
            {
                if (part < 0 || ++dots > 3)
                    return false;
                number = (number << 8) | (uint)part;
                part = -1;
                continue;
            }

            if (c is < (byte)'0' or > (byte)'9' || part == 0)
                return false;
            part = part < 0 ? c - '0' : (part * 10) + c - '0';
            if (part > 255)
                return false;
        }

        if (part < 0 || dots != 3)
            return false;
        number = (number << 8) | (uint)part;
        return true;
    }

    /// <summary>The reason why an address of a slice of this type cannot be dialled, or null.</summary>
    public static EndpointFault? FaultOf(SliceAddressType type, IPAddress? address, string? text)
    {
        if (type == SliceAddressType.Fqdn)
            return new EndpointFault(
                LeftOutReason.NoAddress, $"the slice states the name '{text ?? address?.ToString()}', not an IP address");
        if (type == SliceAddressType.Unknown)
            return new EndpointFault(LeftOutReason.NoAddress, "the slice is of an address type that is not IPv4, IPv6 or FQDN");
        if (address is null && text is null)
            return new EndpointFault(LeftOutReason.NoAddress, "the slice states no address for it");
        AddressFamily wanted = type == SliceAddressType.IPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        if (address?.AddressFamily != wanted)
            return new EndpointFault(LeftOutReason.Malformed, $"'{text ?? address?.ToString()}' is not an {type} address");
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? new EndpointFault(LeftOutReason.Malformed, $"'{address}' is no machine's address")
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
        return text.Length <= chars.Length && Encoding.UTF8.TryGetChars(text, chars, out int length)
            && IPAddress.TryParse(chars[..length], out address);
    }
}
