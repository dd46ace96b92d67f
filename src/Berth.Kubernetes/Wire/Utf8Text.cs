using System.Buffers.Binary;
using System.Text;

namespace Berth.Kubernetes.Wire;

/// <summary>Texts from the wire.</summary>
internal static class Utf8Text
{
    // Longer than any name Kubernetes allows (253).
    private const int MaxNameLength = 256;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Returns the text as a string.</summary>
    /// <exception cref="ResourceFormatException">It is not valid UTF-8.</exception>
    public static string Read(ReadOnlySpan<byte> utf8, string field)
    {
        try
        {
            return s_strict.GetString(utf8);
        }
        catch (DecoderFallbackException exception)
        {
            throw new ResourceFormatException($"the field '{field}' is not valid UTF-8", exception);
        }
    }

    /// <summary>Returns the same hash for a string; 0 for a text that is longer than a name.</summary>
    public static uint Hash(string text)
    {
        Span<byte> utf8 = stackalloc byte[MaxNameLength];
        return Encoding.UTF8.TryGetBytes(text, utf8, out int length) ? Hash(utf8[..length]) : 0;
    }

    /// <summary>
    /// Returns a quick hash of all bytes, because the names of a cloud's nodes often have the same start, end and length. For pools: a
    /// collision there only costs a second object.
    /// </summary>
    public static uint Hash(ReadOnlySpan<byte> utf8)
    {
        ulong hash = (ulong)utf8.Length;
        ReadOnlySpan<byte> rest = utf8;
        for (; rest.Length > sizeof(ulong); rest = rest[sizeof(ulong)..])
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(rest));
        // The last eight bytes may overlap bytes that were already read. A shorter text is read byte by byte.
        ulong last = 0;
        if (utf8.Length >= sizeof(ulong))
        {
            last = BinaryPrimitives.ReadUInt64LittleEndian(utf8[^sizeof(ulong)..]);
        }
        else
        {
            foreach (byte b in rest)
                last = (last << 8) | b;
        }

        return (uint)(Mix(hash ^ last) >> 32);
    }

    private static ulong Mix(ulong value)
    {
        value *= 0x9E3779B97F4A7C15;
        return value ^ (value >> 29);
    }
}
