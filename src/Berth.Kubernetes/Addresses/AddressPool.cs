using System.Buffers.Binary;
using System.Net;

namespace Berth.Kubernetes.Addresses;

/// <summary>
/// Returns one object for equal IPv4 addresses, because on the host network all pods of a node have its address. The growth of the pool is
/// bounded, also when each pod has its own address. Not safe for several threads.
/// </summary>
internal sealed class AddressPool
{
    // Several times the nodes of the largest clusters.
    private const int MaxCount = 16_384;

    private readonly Dictionary<uint, IPAddress> _addresses = [];

    /// <summary>Reads an address as Kubernetes writes it.</summary>
    public bool TryParse(ReadOnlySpan<byte> text, out IPAddress? address)
    {
        if (!SliceAddress.TryParseIPv4(text, out uint number))
            return SliceAddress.TryParse(text, out address);
        if (_addresses.TryGetValue(number, out address))
            return true;
        if (_addresses.Count == MaxCount)
            _addresses.Clear();
        _addresses[number] = address = Make(number);
        return true;
    }

    private static IPAddress Make(uint number) => new(BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number);
}
