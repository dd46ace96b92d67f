using System.Buffers;
using System.Globalization;

namespace Berth.Seats.Tickets;

/// <summary>The texts of reservation ids: 32 hexadecimal digits.</summary>
internal static class SeatIds
{
    public const int Length = 32;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    public static string Format(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    public static bool TryParse(ReadOnlySpan<char> text, out UInt128 id)
    {
        id = default;
        return text.Length == Length && !text.ContainsAnyExcept(s_digits)
            && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
    }
}
