namespace Berth.Backoff;

/// <summary>
/// Computes the wait before the next attempt. Every loop uses it, so that neither a server nor a policy can stop a loop with a very long
/// wait.
/// </summary>
internal static class RetryDelay
{
    /// <summary>
    /// The longest wait. A server that asks for a year must not switch off discovery, and a .NET timer can wait for at most 49.7 days.
    /// </summary>
    public static readonly TimeSpan Max = TimeSpan.FromMinutes(5);

    /// <summary>Returns the delay that doubles with each failure, up to a maximum.</summary>
    /// <param name="first">The delay after the first failure.</param>
    /// <param name="max">The maximum.</param>
    /// <param name="failures">The number of failures in a row, 1 or more.</param>
    // The limit of 30 keeps the power finite. The maximum is reached long before.
    public static TimeSpan Doubled(TimeSpan first, TimeSpan max, int failures) =>
        TimeSpan.FromMilliseconds(Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30)), max.TotalMilliseconds));

    /// <summary>
    /// Returns the longer of the policy's delay and the time that the source asks for: at least 0, at most <see cref="Max"/>.
    /// </summary>
    /// <param name="backoff">The policy.</param>
    /// <param name="failures">The number of failed attempts since the last success, 1 or more.</param>
    /// <param name="asked">The wait that the source asks for, or null for none.</param>
    public static TimeSpan Next(IBackoffPolicy backoff, int failures, TimeSpan? asked)
    {
        TimeSpan delay = backoff.NextDelay(failures);
        TimeSpan longer = asked > delay ? asked.Value : delay;
        return longer < TimeSpan.Zero ? TimeSpan.Zero : longer < Max ? longer : Max;
    }
}
