using System.Text.RegularExpressions;

namespace Berth.LocalCluster.Fields;

/// <summary>
/// An amount of a resource, such as <c>500m</c>, <c>1Gi</c> or <c>1e3</c>. A real server rounds it up to a thousandth and writes it in a
/// standard form (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
/// </summary>
internal sealed partial record Quantity(decimal Value, Quantity.Form Kind)
{
    private static readonly string[] s_decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] s_binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    internal enum Form
    {
        Decimal,
        Exponent,
        Binary,
    }

    /// <exception cref="FormatException">It is not a quantity. The message has the words of a real server.</exception>
    public static Quantity Parse(string text)
    {
        Match match = Pattern().Match(text);
        if (!match.Success
            || !decimal.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
        {
            throw new FormatException("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        }

        string suffix = match.Groups[2].Value;
        try
        {
            if (Array.IndexOf(s_decimal, suffix) is >= 0 and var thousands)
                return new(RoundUp(Scaled(number, 1000, thousands - 3)), Form.Decimal);
            if (Array.IndexOf(s_binary, suffix) is > 0 and var kibi)
                return new(RoundUp(Scaled(number, 1024, kibi)), Form.Binary);
            if (suffix[0] is 'e' or 'E'
                && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent))
            {
                return new(RoundUp(Scaled(number, 10, exponent)), Form.Exponent);
            }
        }
        catch (OverflowException)
        {
            return new(long.MaxValue, Form.Decimal);
        }

        throw new FormatException("unable to parse quantity's suffix");
    }

    public override string ToString()
    {
        if (Kind == Form.Binary && Math.Abs(Value) >= 1024)
            return Written(Math.Ceiling(Value), 1024, s_binary, 0);
        string[] exponents = [.. s_decimal.Select((_, index) => index == 3 ? "" : $"e{(index - 3) * 3}")];
        return Written(Value * 1000, 1000, Kind == Form.Exponent ? exponents : s_decimal, 2);
    }

    /// <summary>Uses the largest suffix that gives a whole number.</summary>
    private static string Written(decimal number, int step, string[] suffixes, int at)
    {
        for (; number != 0 && number % step == 0 && at < suffixes.Length - 1; at++)
            number /= step;
        return number == 0 ? "0" : number.ToString("0", CultureInfo.InvariantCulture) + suffixes[at];
    }

    private static decimal Scaled(decimal number, int step, int times)
    {
        for (; times > 0 && number != 0; times--)
            number *= step;
        for (; times < 0 && number != 0; times++)
            number /= step;
        return number;
    }

    private static decimal RoundUp(decimal number) => Math.Ceiling(Math.Abs(number) * 1000) / 1000 * Math.Sign(number);

    [GeneratedRegex("^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$")]
    private static partial Regex Pattern();
}
