using System.Net;

namespace Berth.Kubernetes.Slices;

/// <summary>Gives one object for equal IPv4 addresses: on the host network all pods of a node have its address.</summary>
internal sealed class AddressPool
{
    // Some times the nodes of the largest clusters. Pods with addresses of their own fill it over and over; it then starts anew.
    private const int MaxCount = 8192;

    private readonly Dictionary<uint, IPAddress> _known = [];

    /// <summary>Reads an address as Kubernetes writes it.</summary>
    public bool TryParse(ReadOnlySpan<byte> text, out IPAddress? address)
    {
        if (!SliceAddress.TryParseIPv4(text, out uint number))
            return SliceAddress.TryParse(text, out address);
        if (_known.TryGetValue(number, out address))
            return true;
        if (_known.Count >= MaxCount)
            _known.Clear();
        _known.Add(number, address = new IPAddress(BitConverter.IsLittleEndian ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(number) : number));
        return true;
    }
}
