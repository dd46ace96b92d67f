using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Http;

/// <summary>The codings of an answer that a client takes (RFC 9110, 12.5.3).</summary>
internal static class ContentCoding
{
    public const string Gzip = "gzip";
    public const string Brotli = "br";

    /// <summary>Chooses the coding that a client prefers, brotli where it has no preference. Null when it takes none of ours.</summary>
    /// <param name="accepted">Accept-Encoding.</param>
    /// <param name="hasBrotli">False when there is gzip only.</param>
    public static string? Choose(StringValues accepted, bool hasBrotli)
    {
        double gzip = WeightOf(accepted, Gzip);
        double brotli = hasBrotli ? WeightOf(accepted, Brotli) : 0;
        return gzip <= 0 && brotli <= 0 ? null : gzip > brotli ? Gzip : Brotli;
    }

    /// <summary>True when a client takes a coding.</summary>
    public static bool IsTaken(StringValues accepted, string coding) => WeightOf(accepted, coding) > 0;

    /// <summary>
    /// Returns the weight of a coding, 0 to 1: 0 when it is not named, or named as refused. <c>*</c> names what else there is.
    /// </summary>
    private static double WeightOf(StringValues accepted, string coding)
    {
        double all = 0;
        foreach (string? line in accepted)
        {
            foreach (string item in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                string[] parts = item.Split(';', StringSplitOptions.TrimEntries);
                if (parts[0].Equals(coding, StringComparison.OrdinalIgnoreCase))
                    return WeightOf(parts);
                if (parts[0] == "*")
                    all = WeightOf(parts);
            }
        }

        return all;
    }

    private static double WeightOf(string[] parts)
    {
        string? weight = parts.Skip(1).FirstOrDefault(static part => part.StartsWith("q=", StringComparison.OrdinalIgnoreCase));
        return weight is null ? 1
            : double.TryParse(weight.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) ? value
            : 0;
    }
}
