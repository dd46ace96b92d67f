using System.Buffers.Binary;
using System.Text;

namespace Berth.Kubernetes.Wire;

/// <summary>Texts as they come from the wire.</summary>
internal static class Utf8Text
{
    // Longer than any name Kubernetes allows (253).
    private const int MaxNameLength = 256;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text as a string.</summary>
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

    /// <summary>The same hash of a text that is a string by now; 0 for one that is longer than a name.</summary>
    public static uint Hash(string text)
    {
        Span<byte> utf8 = stackalloc byte[MaxNameLength];
        return Encoding.UTF8.TryGetBytes(text, utf8, out int length) ? Hash(utf8[..length]) : 0;
    }

    /// <summary>
    /// A quick hash of the length, the beginning and the end, where names of one cluster differ. For pools in which a clash does no harm.
    /// </summary>
    public static uint Hash(ReadOnlySpan<byte> utf8)
    {
        ulong hash;
        if (utf8.Length >= sizeof(ulong))
        {
            hash = BinaryPrimitives.ReadUInt64LittleEndian(utf8) ^ (
                BinaryPrimitives.ReadUInt64LittleEndian(utf8[^sizeof(ulong)..]) * 0x9E3779B97F4A7C15);
        }
        else
        {
            hash = 0;
            foreach (byte b in utf8)
                hash = (hash << 8) | b;
        }

        hash = (hash ^ (uint)utf8.Length) * 0xBF58476D1CE4E5B9;
        return (uint)(hash >> 32);
    }
}
