using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Http;

/// <summary>The codings of an answer that a client takes (RFC 9110, 12.5.3).</summary>
internal static class ContentCoding
{
    public const string Gzip = "gzip";
    public const string Brotli = "br";

    // The plain form, if a client names it.
    private const string Identity = "identity";

    /// <summary>
    /// Chooses the coding that a client prefers, or brotli without a preference. Null when it accepts none of ours, or prefers the plain
    /// form.
    /// </summary>
    /// <param name="accepted">Accept-Encoding.</param>
    /// <param name="hasBrotli">False when there is gzip only.</param>
    public static string? Choose(StringValues accepted, bool hasBrotli)
    {
        int gzip = WeightOf(accepted, Gzip);
        int brotli = hasBrotli ? WeightOf(accepted, Brotli) : 0;
        int plain = Preferences.Find(accepted, Identity) ?? 0;
        return Math.Max(gzip, brotli) is 0 || plain > Math.Max(gzip, brotli) ? null : gzip > brotli ? Gzip : Brotli;
    }

    /// <summary>True when a client takes a coding.</summary>
    public static bool IsTaken(StringValues accepted, string coding) => WeightOf(accepted, coding) > 0;

    /// <summary>Returns the weight of a coding: 0 when it is not named, or refused. <c>*</c> names what else there is.</summary>
    private static int WeightOf(StringValues accepted, string coding) =>
        Preferences.Find(accepted, coding) ?? Preferences.Find(accepted, "*") ?? 0;
}
