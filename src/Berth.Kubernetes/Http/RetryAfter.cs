using System.Globalization;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Http;

/// <summary>Reads the wait that a server asks for (RFC 9110, 10.2.3): seconds or a date, else the seconds of its Status.</summary>
internal static class RetryAfter
{
    /// <summary>Returns the wait, 0 or more, or null when the server does not ask for one.</summary>
    public static TimeSpan? Read(HttpResponseMessage response, KubernetesStatus status, DateTimeOffset now)
    {
        TimeSpan? asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - now,
            _ => LongSeconds(response) ?? (status.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null),
        };
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }

    // The typed header ignores numbers above an int, but a server that sends one asks for a long wait, not for none.
    private static TimeSpan? LongSeconds(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Retry-After", out System.Net.Http.Headers.HeaderStringValues values))
            return null;
        return double.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out double seconds)
            ? seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue
            : null;
    }
}
