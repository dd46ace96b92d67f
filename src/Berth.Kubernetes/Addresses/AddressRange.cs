using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.Kubernetes.Addresses;

/// <summary>A network, or a single address as a network of one.</summary>
/// <param name="Family">The family of its addresses.</param>
/// <param name="First">The first address, as a number.</param>
/// <param name="Prefix">The number of bits that all its addresses share.</param>
internal readonly record struct AddressRange(AddressFamily Family, UInt128 First, int Prefix)
{
    private static int BitsOf(AddressFamily family) => family == AddressFamily.InterNetwork ? 32 : 128;

    /// <summary>Reads <c>10.0.0.0/16</c>, <c>fd00::/64</c>, or a single address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="range">The range.</param>
    /// <param name="fault">The fault as a clause, if the text looks like a range and is not valid; null for any other text.</param>
    public static bool TryParse(string text, out AddressRange range, out string? fault)
    {
        range = default;
        fault = null;
        string[] parts = text.Split('/', 2);
        if (!NamedAddresses.TryReadAddress(parts[0], out IPAddress? address) && !IsZero(parts, out address))
        {
            fault = parts.Length == 2 ? $"'{text}' is no network" : null;
            return false;
        }

        int bits = BitsOf(address!.AddressFamily);
        int prefix = bits;
        if (parts.Length == 2
            && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > bits))
        {
            fault = $"'{text}' has no prefix length in 0..{bits}";
            return false;
        }

        UInt128 number = ToNumber(address);
        UInt128 first = prefix == 0 ? 0 : number & ~Below(bits - prefix);
        range = new AddressRange(address.AddressFamily, first, prefix);
        if (first == number)
            return true;
        fault = $"'{text}' is no network, because bits behind the prefix are set: write {range}";
        return false;
    }

    /// <summary>Returns the range of this size that contains an address.</summary>
    public static AddressRange Around(IPAddress address, int prefix) => new(
        address.AddressFamily,
        prefix == 0 ? 0 : ToNumber(address) & ~Below(BitsOf(address.AddressFamily) - prefix),
        prefix);

    /// <summary>
    /// Returns the address of this range for an address of another range, at the same distance from the start. A smaller range is used
    /// again from its start, so that several addresses share one.
    /// </summary>
    public IPAddress Translate(AddressRange from, IPAddress address)
    {
        UInt128 offset = (ToNumber(address) - from.First) & Below(BitsOf(Family) - Prefix);
        return ToAddress(Family, First + offset);
    }

    public override string ToString() => Prefix == BitsOf(Family)
        ? ToAddress(Family, First).ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{ToAddress(Family, First)}/{Prefix}");

    // 0.0.0.0/0 and ::/0 contain every address. The same address alone stands for no address.
    private static bool IsZero(string[] parts, out IPAddress? address)
    {
        address = parts[0] switch { "0.0.0.0" => IPAddress.Any, "::" => IPAddress.IPv6Any, _ => null };
        return parts.Length == 2 && address is not null;
    }

    private static UInt128 Below(int bits) => bits >= 128 ? UInt128.MaxValue : (UInt128.One << bits) - 1;

    private static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static IPAddress ToAddress(AddressFamily family, UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(family == AddressFamily.InterNetwork ? bytes[12..] : bytes);
    }
}
