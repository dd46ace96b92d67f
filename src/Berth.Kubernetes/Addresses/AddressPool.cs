using System.Buffers.Binary;
using System.Net;
using Berth.Kubernetes.Caches;

namespace Berth.Kubernetes.Addresses;

/// <summary>
/// Gives one object for equal IPv4 addresses: on the host network all pods of a node have its address. Pods with addresses of their own
/// cost no more than the cache, whose growth is bounded. Not safe for several threads.
/// </summary>
internal sealed class AddressPool
{
    private readonly DirectMappedCache<IPAddress> _cache = new(static address => Hash(NumberOf(address)));

    /// <summary>Reads an address as Kubernetes writes it.</summary>
    public bool TryParse(ReadOnlySpan<byte> text, out IPAddress? address)
    {
        if (!SliceAddress.TryParseIPv4(text, out uint number))
            return SliceAddress.TryParse(text, out address);
        uint hash = Hash(number);
        address = _cache.Find(hash) is { } known && NumberOf(known) == number ? known : _cache.Add(hash, Make(number));
        return true;
    }

    private static IPAddress Make(uint number) => new(BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number);

    /// <summary>The last parts of addresses differ most. The multiplication spreads them.</summary>
    private static uint Hash(uint number) => (number * 0x9E3779B1) >> 16;

    private static uint NumberOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}
