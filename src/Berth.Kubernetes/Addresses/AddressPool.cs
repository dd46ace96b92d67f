using System.Buffers.Binary;
using System.Net;

namespace Berth.Kubernetes.Addresses;

/// <summary>
/// Gives one object for equal IPv4 addresses: on the host network all pods of a node have its address. Each address has one place, and the
/// later of two for one place wins, so that pods with addresses of their own cost nothing here.
/// </summary>
internal sealed class AddressPool
{
    private const int MaxLength = 16_384;

    private IPAddress?[] _places = new IPAddress?[16];
    private int _made;

    /// <summary>Reads an address as Kubernetes writes it.</summary>
    public bool TryParse(ReadOnlySpan<byte> text, out IPAddress? address)
    {
        if (!SliceAddress.TryParseIPv4(text, out uint number))
            return SliceAddress.TryParse(text, out address);
        // The last parts differ most; the multiplication spreads them.
        ref IPAddress? place = ref _places[PlaceOf(number)];
        address = place;
        if (address is not null && NumberOf(address) == number)
            return true;
        address = new IPAddress(BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number);
        place = address;
        if (++_made > _places.Length && _places.Length < MaxLength)
            Grow();
        return true;
    }

    private static uint NumberOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private int PlaceOf(uint number) => (int)((number * 0x9E3779B1) >> 16) & (_places.Length - 1);

    private void Grow()
    {
        IPAddress?[] before = _places;
        _places = new IPAddress?[before.Length * 4];
        _made = 0;
        foreach (IPAddress? address in before)
        {
            if (address is null)
                continue;
            _places[PlaceOf(NumberOf(address))] = address;
            _made++;
        }
    }
}
