using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Berth.Manifests;

/// <summary>
/// Converts one scalar as kubectl does: its YAML 1.1, that of go-yaml v2
/// (https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go). The result is null, a bool, a long, a ulong, a double or a
/// string.
/// </summary>
internal static partial class YamlScalars
{
    private const string Yaml = "tag:yaml.org,2002:";

    private static readonly Dictionary<string, object?> s_words = Words();

    /// <exception cref="FormatException">The text does not have the form that the tag requires; the message is a clause.</exception>
    public static object? Read(string text, string tag, bool plain)
    {
        if (tag == Yaml + "binary")
            return FromBase64(text);
        if (tag.Length == 0 ? !plain : tag is not (Yaml + "bool" or Yaml + "int" or Yaml + "float" or Yaml + "null" or Yaml + "timestamp"))
            return text;
        object? value = Guess(text);
        string kind = KindOf(value, text);
        if (tag.Length == 0 || tag == Yaml + kind)
            return value;
        return (value, tag) is (long whole, Yaml + "float")
            ? (double)whole
            : throw new FormatException($"`{text}` is a !!{kind}, and its tag says !!{tag[Yaml.Length..]}");
    }

    private static object? Guess(string text)
    {
        if (s_words.TryGetValue(text, out object? word))
            return word;
        switch (text[0])
        {
            case '.':
                return DotFloat().IsMatch(text) ? (object?)Real(text) ?? text : text;
            case '+' or '-' or (>= '0' and <= '9'):
                string plain = text.Replace("_", "", StringComparison.Ordinal);
                if (TryWhole(plain, out object? whole))
                    return whole;
                return Float().IsMatch(plain) ? (object?)Real(plain) ?? text : text;
            default:
                return text;
        }
    }

    /// <summary>Reads a whole number as Go does: ParseInt with base 0, and then ParseUint.</summary>
    private static bool TryWhole(string text, out object? whole)
    {
        whole = null;
        bool signed = text[0] is '+' or '-';
        ReadOnlySpan<char> digits = text.AsSpan(signed ? 1 : 0);
        (int radix, int skip) = digits switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        digits = digits[skip..];
        if (digits.IsEmpty)
            return false;
        UInt128 sum = 0;
        foreach (char digit in digits)
        {
            int value = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : 16;
            sum = (sum * (uint)radix) + (uint)value;
            if (value >= radix || sum > ulong.MaxValue)
                return false;
        }

        if (text[0] == '-' && sum <= (UInt128)long.MaxValue + 1)
            whole = (long)-(Int128)sum;
        else if (text[0] != '-' && sum <= (UInt128)long.MaxValue)
            whole = (long)sum;
        else if (!signed)
            whole = (ulong)sum;
        return whole is not null;
    }

    private static double? Real(string text)
    {
        double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsInfinity(value) ? null : value;
    }

    private static string FromBase64(string text)
    {
        // Line breaks are allowed in it, spaces are not.
        string packed = text.ReplaceLineEndings("");
        return Base64.IsValid(packed) && !packed.AsSpan().ContainsAny(' ', '\t')
            ? Encoding.UTF8.GetString(Convert.FromBase64String(packed))
            : throw new FormatException("a !!binary value is not base64");
    }

    private static string KindOf(object? value, string text) => value switch
    {
        null => "null",
        bool => "bool",
        long or ulong => "int",
        double => "float",
        _ => IsTime(text) ? "timestamp" : "str",
    };

    private static bool IsTime(string text) =>
        DateTime.TryParseExact(
            text, ["yyyy-M-d", "yyyy-M-d H:m:s.FFFFFFF", "yyyy-M-d H:m:s"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        || DateTimeOffset.TryParseExact(
            text.Replace('t', 'T'), ["yyyy-M-d'T'H:m:s.FFFFFFFK", "yyyy-M-d'T'H:m:sK"], CultureInfo.InvariantCulture, DateTimeStyles.None,
            out _);

    private static Dictionary<string, object?> Words()
    {
        Dictionary<string, object?> words = new(StringComparer.Ordinal) { [""] = null, ["~"] = null };
        Add(true, "y", "yes", "true", "on");
        Add(false, "n", "no", "false", "off");
        Add(null, "null");
        foreach (string sign in (string[])["", "+", "-"])
            Add(sign == "-" ? double.NegativeInfinity : double.PositiveInfinity, sign + ".inf", sign + ".Inf", sign + ".INF");
        Add(double.NaN, ".nan", ".NaN", ".NAN");
        return words;

        void Add(object? value, params string[] names)
        {
            foreach (string name in names)
                words[name] = words[name.ToUpperInvariant()] = words[char.ToUpperInvariant(name[0]) + name[1..]] = value;
        }
    }

    [GeneratedRegex(@"^\.[0-9]+([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex DotFloat();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Float();
}
