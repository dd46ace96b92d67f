using System.Globalization;
using System.Net.Http.Headers;

namespace Berth.Backoff;

/// <summary>Reads the wait that a server asks for in <c>Retry-After</c> (RFC 9110, 10.2.3): seconds or a date.</summary>
internal static class RetryAfter
{
    /// <summary>
    /// Returns the wait, 0 or more, or null when the server does not ask for one in a form of the standard. <see cref="RetryDelay"/> limits
    /// it.
    /// </summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        TimeSpan? asked = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => ReadLongSeconds(headers),
        };
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }

    // The typed header ignores numbers above an int, but a server that sends one asks for a long wait, not for none.
    private static TimeSpan? ReadLongSeconds(HttpResponseHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("Retry-After", out HeaderStringValues values))
            return null;
        return double.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out double seconds)
            ? seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue
            : null;
    }
}
