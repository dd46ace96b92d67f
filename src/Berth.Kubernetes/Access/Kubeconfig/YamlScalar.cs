using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>
/// Reads a scalar with the type and value that kubectl gives it: YAML 1.1 in the dialect of go-yaml v2. <c>yes</c> is true, and <c>0644</c>
/// is 420.
/// </summary>
internal static partial class YamlScalar
{
    private const string Prefix = "tag:yaml.org,2002:";

    /// <exception cref="YamlException">Its value does not match its tag.</exception>
    internal static object? Read(Scalar scalar)
    {
        string tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        string text = scalar.Value;
        switch (tag)
        {
            case "":
                return scalar.Style == ScalarStyle.Plain ? Resolve(text) : text;
            case Prefix + "binary":
                return Decode(scalar);
            case Prefix + "int":
                return Resolve(text) is var whole and (long or ulong) ? whole : throw Mismatch(scalar);
            case Prefix + "float":
                return Resolve(text) switch { long n => (double)n, double d => d, _ => throw Mismatch(scalar) };
            case Prefix + "bool":
                return Resolve(text) is bool flag ? flag : throw Mismatch(scalar);
            case Prefix + "null":
                return Resolve(text) is null ? null : throw Mismatch(scalar);
            case Prefix + "timestamp":
                return Timestamp().IsMatch(text) ? text : throw Mismatch(scalar);
            default:
                return text;
        }
    }

    internal static bool IsMergeKey(Scalar scalar) =>
        scalar.Value == "<<" && (scalar.Tag.IsEmpty ? scalar.Style == ScalarStyle.Plain : scalar.Tag.Value == Prefix + "merge");

    /// <summary>Returns a key in its form in JSON.</summary>
    /// <exception cref="YamlException">kubectl cannot write it.</exception>
    internal static string AsKey(YamlValue key, ParsingEvent at) => key.Single switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Shortest((float)number),
        _ => throw new YamlException(at.Start, at.End, "a key that is null, too large a number, a mapping or a list"),
    };

    private static object? Resolve(string text)
    {
        if (text is "" or "~" or "null" or "Null" or "NULL")
            return null;
        if (text is "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON")
            return true;
        if (text is "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF")
            return false;
        if (Special().Match(text) is { Success: true } special)
            return special.Groups["nan"].Success ? double.NaN : text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        if (text[0] == '.')
            return Fraction().IsMatch(text) ? (object?)Parse(text) ?? text : text;
        if (text[0] is not ('+' or '-') && !char.IsAsciiDigit(text[0]))
            return text;
        string bare = text.Replace("_", "", StringComparison.Ordinal);
        if (TryInteger(bare, out object? integer))
            return integer;
        return Number().IsMatch(bare) ? (object?)Parse(bare) ?? text : text;
    }

    private static bool TryInteger(string text, out object? integer)
    {
        integer = null;
        Match match = Whole().Match(text);
        if (!match.Success)
            return false;
        BigInteger value = 0;
        (string digits, int radix) = match.Groups switch
        {
            var g when g["hex"].Success => (g["hex"].Value, 16),
            var g when g["oct"].Success => (g["oct"].Value, 8),
            var g when g["bin"].Success => (g["bin"].Value, 2),
            var g => (g["dec"].Value, 10),
        };
        // 64 bits have at most 64 digits, not counting zeros in front.
        digits = digits.TrimStart('0');
        if (digits.Length > 64)
            return false;
        foreach (char digit in digits)
            value = (value * radix) + Convert.ToInt32(digit.ToString(), 16);
        if (text[0] == '-')
            value = -value;
        if (value >= long.MinValue && value <= long.MaxValue)
            integer = (long)value;
        else if (value > 0 && value <= ulong.MaxValue && text[0] != '+')
            integer = (ulong)value;
        return integer is not null;
    }

    private static double? Parse(string text) =>
        double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var value && double.IsFinite(value) ? value : null;

    private static string Decode(Scalar scalar)
    {
        try
        {
            return scalar.Value.AsSpan().ContainsAny(' ', '\t')
                ? throw Mismatch(scalar)
                : Encoding.UTF8.GetString(Convert.FromBase64String(scalar.Value));
        }
        catch (FormatException)
        {
            throw Mismatch(scalar);
        }
    }

    // Formats as Go's FormatFloat(f, 'g', -1, 32).
    private static string Shortest(float number)
    {
        if (!float.IsFinite(number))
            return float.IsNaN(number) ? ".nan" : number < 0 ? "-.inf" : ".inf";
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        float size = MathF.Abs(number);
        if (size == 0)
            return text;
        int exponent = Exponent(size.ToString("R", CultureInfo.InvariantCulture));
        if (exponent is >= -4 and < 6)
            return decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(
                "0.################", CultureInfo.InvariantCulture);
        string digits = text.Split('E')[0].Replace(".", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Trim('0');
        string sign = number < 0 ? "-" : "";
        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    // Uses the written digits, because rounding to a fixed number of digits can reach the next power of ten.
    private static int Exponent(string digits)
    {
        string[] parts = digits.Split('E');
        if (parts.Length == 2)
            return int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        int first = digits.AsSpan().IndexOfAnyInRange('1', '9');
        return point < 0 ? digits.Length - 1 - first : first < point ? point - 1 - first : point - first;
    }

    private static YamlException Mismatch(Scalar scalar) => new(scalar.Start, scalar.End, "a value that is not what its tag says");

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|(?<nan>\.nan|\.NaN|\.NAN))$", RegexOptions.CultureInvariant)]
    private static partial Regex Special();

    [GeneratedRegex(@"^\.[0-9]+([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Fraction();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex("^[-+]?(0[xX](?<hex>[0-9a-fA-F]+)|0[bB](?<bin>[01]+)|0[oO]?(?<oct>[0-7]+)|(?<dec>0|[1-9][0-9]*))$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(
        @"^\d{4}-\d{1,2}-\d{1,2}"
            + @"(([Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d{2}:\d{2}))|( \d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?))?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Timestamp();
}
