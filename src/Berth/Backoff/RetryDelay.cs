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
