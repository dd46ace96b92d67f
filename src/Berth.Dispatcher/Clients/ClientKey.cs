using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Berth.Dispatcher.Clients;

/// <summary>
/// The number under which a client's address is counted. Of IPv6 only a prefix counts, because a client owns all addresses with this
/// prefix.
/// </summary>
internal static class ClientKey
{
    private const int V4Mapped = 0xffff;

    /// <summary>Returns an IPv4 address for IPv4 inside IPv6, which a socket for both families states.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <param name="address">The address.</param>
    /// <param name="prefix">The number of bits that count in IPv6, 1 to 128.</param>
    public static UInt128 Of(IPAddress address, int prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        address = Plain(address);
        if (!address.TryWriteBytes(bytes, out int length))
            return UInt128.Zero;
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return new UInt128(0, ((ulong)V4Mapped << 32) | BinaryPrimitives.ReadUInt32BigEndian(bytes[..length]));
        UInt128 all = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return all >> (128 - prefix) << (128 - prefix);
    }
}
