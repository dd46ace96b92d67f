using System.Globalization;

namespace Berth.Manifests;

/// <summary>
/// Converts a key that is no text as kubectl does: JSON has only texts as keys, so numbers and truths are written in one form each.
/// </summary>
internal static class YamlKeys
{
    /// <exception cref="FormatException">Nothing can be made of it; the message is a clause.</exception>
    public static string Read(object? key) => key switch
    {
        string text => text,
        true => "true",
        false => "false",
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        double real => OfReal((float)real),
        null => throw new FormatException("a key is null; put it in quotes if it is meant as text"),
        ulong large => throw new FormatException($"the key {large} is too large a number; put it in quotes if it is meant as text"),
        _ => throw new FormatException("a key is a mapping or a list; keys are single values"),
    };

    /// <summary>
    /// Writes a float as Go's FormatFloat with 'g', -1 and 32: the fewest digits that only this float has, with an exponent below -4 and
    /// from 6 digits on.
    /// </summary>
    private static string OfReal(float value)
    {
        if (!float.IsFinite(value))
            return float.IsNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
        string sign = float.IsNegative(value) ? "-" : "";
        if (value == 0)
            return sign + "0";

        // "R" gives the digits, with or without an exponent; Go's rule decides which of the two is written.
        string[] parts = MathF.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        string whole = parts[0].Split('.')[0];
        string digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        int exponent = (parts.Length == 2 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0)
            + whole.Length - 1 - (digits.Length - digits.TrimStart('0').Length);
        digits = digits.Trim('0');
        if (exponent is < -4 or >= 6)
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        digits = digits.PadRight(exponent + 1, '0');
        return digits.Length == exponent + 1 ? sign + digits : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
