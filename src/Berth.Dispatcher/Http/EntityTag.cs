using Microsoft.Extensions.Primitives;

namespace Berth.Dispatcher.Http;

/// <summary>The entity tag of a snapshot's page. It is weak, because the age in the page changes while the content stays.</summary>
internal static class EntityTag
{
    /// <param name="epoch">The process.</param>
    /// <param name="snapshot">The snapshot of the page.</param>
    /// <param name="more">A text that distinguishes pages of one snapshot, by the content that does not follow from the snapshot.</param>
    public static string Of(string epoch, EndpointSnapshot snapshot, string more = "") => $"W/\"{IdOf(epoch, snapshot)}{more}\"";

    /// <summary>Names one state of one target in one process.</summary>
    public static string IdOf(string epoch, EndpointSnapshot snapshot) =>
        $"{epoch}-{snapshot.Version}-{(snapshot.IsStale ? "stale" : "live")}";

    /// <summary>Compares If-None-Match weakly (RFC 9110, 8.8.3.2): true for <c>*</c>, or a list that contains the tag.</summary>
    public static bool Matches(StringValues ifNoneMatch, string tag)
    {
        foreach (string? line in ifNoneMatch)
        {
            foreach (string candidate in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (candidate == "*" || candidate == tag || candidate == tag[2..])
                    return true;
            }
        }

        return false;
    }
}
