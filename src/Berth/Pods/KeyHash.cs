using System.Text;

namespace Berth.Pods;

/// <summary>
/// The hash behind sticky picks: 64-bit FNV-1a over the UTF-8 bytes, then the finaliser of SplitMix64. Both are published, so that every
/// process makes the same choice and any language can compute it.
/// </summary>
internal static class KeyHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    public static ulong Of(ReadOnlySpan<char> text) => Mix(Begin(text));

    /// <summary>Continues a hash with more text.</summary>
    public static ulong Begin(ReadOnlySpan<char> text)
    {
        ulong hash = FnvOffset;
        int ascii = 0;
        // Most keys are ASCII, and each character is then one byte of UTF-8. Encoding them would cost more than the rest of a pick.
        for (; ascii < text.Length && text[ascii] < 0x80; ascii++)
            hash = (hash ^ text[ascii]) * FnvPrime;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text[ascii..].EnumerateRunes())
        {
            int length = rune.EncodeToUtf8(utf8);
            for (int i = 0; i < length; i++)
                hash = (hash ^ utf8[i]) * FnvPrime;
        }

        return hash;
    }

    /// <summary>Continues a hash with the digits of a number.</summary>
    public static ulong End(ulong partial, int number)
    {
        Span<byte> digits = stackalloc byte[PodOrdinal.MaxDigits];
        number.TryFormat(digits, out int length, default, System.Globalization.CultureInfo.InvariantCulture);
        foreach (byte digit in digits[..length])
            partial = (partial ^ digit) * FnvPrime;
        return Mix(partial);
    }

    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
