namespace Berth.Backoff;

/// <summary>
/// The wait before the next attempt. Every loop takes its wait from here, so that neither a server nor a policy can stop a loop by asking
/// for too much.
/// </summary>
internal static class RetryDelay
{
    /// <summary>
    /// The longest wait. A server that asks for a year must not switch discovery off, and a timer of .NET holds at most 49.7 days.
    /// </summary>
    public static readonly TimeSpan Max = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Returns the longer of the policy's delay and the time that the source asks for: at least 0, at most <see cref="Max"/>.
    /// </summary>
    /// <param name="backoff">The policy.</param>
    /// <param name="failures">How many attempts have failed since the last success, 1 or more.</param>
    /// <param name="asked">How long the source asks to be left alone, or null when it did not say.</param>
    public static TimeSpan Next(IBackoffPolicy backoff, int failures, TimeSpan? asked)
    {
        TimeSpan delay = backoff.NextDelay(failures);
        TimeSpan longer = asked > delay ? asked.Value : delay;
        return longer < TimeSpan.Zero ? TimeSpan.Zero : longer < Max ? longer : Max;
    }
}
