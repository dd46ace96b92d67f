using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Http;

/// <summary>The weights that a client gives in <c>Accept</c> and <c>Accept-Encoding</c> (RFC 9110, 12.4.2).</summary>
internal static class Preferences
{
    private const int Full = 1000;

    /// <summary>
    /// Returns the weight that a client gives a value, in thousandths: 0 when it refuses the value, or states a weight that is no number.
    /// Null when it does not name the value.
    /// </summary>
    /// <param name="lines">The header. Of two entries for one value the first counts.</param>
    /// <param name="value">The type of content or the coding. Letters may be of either case.</param>
    public static int? Find(StringValues lines, string value)
    {
        foreach (string? line in lines)
        {
            // Most clients do not name it at all, so their header needs no parsing.
            if (line is null || !line.Contains(value, StringComparison.OrdinalIgnoreCase))
                continue;
            for (ReadOnlySpan<char> rest = line; !rest.IsEmpty;)
            {
                ReadOnlySpan<char> parameters = Next(ref rest, ',');
                if (Next(ref parameters, ';').Equals(value, StringComparison.OrdinalIgnoreCase))
                    return WeightOf(parameters);
            }
        }

        return null;
    }

    /// <summary>Returns the text up to a separator outside of quotes.</summary>
    private static ReadOnlySpan<char> Next(scoped ref ReadOnlySpan<char> rest, char separator)
    {
        ReadOnlySpan<char> all = rest;
        bool isQuoted = false;
        for (int i = 0; i < all.Length; i++)
        {
            if (isQuoted && all[i] == '\\')
            {
                i++;
            }
            else if (all[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (all[i] == separator && !isQuoted)
            {
                rest = all[(i + 1)..];
                return all[..i].Trim(" \t");
            }
        }

        rest = default;
        return all.Trim(" \t");
    }

    private static int WeightOf(ReadOnlySpan<char> parameters)
    {
        while (!parameters.IsEmpty)
        {
            ReadOnlySpan<char> parameter = Next(ref parameters, ';');
            if (parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
                return Parse(parameter[2..]);
        }

        return Full;
    }

    /// <summary>Reads 0 to 1 with up to three decimals. Anything else is a refusal.</summary>
    private static int Parse(ReadOnlySpan<char> weight)
    {
        const int MaxLength = 5;
        if (weight.Length is 0 or > MaxLength || weight[0] is not ('0' or '1') || (weight.Length > 1 && weight[1] != '.'))
            return 0;
        int thousandths = (weight[0] - '0') * Full;
        int unit = Full;
        foreach (char digit in weight.Length > 1 ? weight[2..] : default)
        {
            unit /= 10;
            if (!char.IsAsciiDigit(digit))
                return 0;
            thousandths += (digit - '0') * unit;
        }

        return thousandths <= Full ? thousandths : 0;
    }
}
