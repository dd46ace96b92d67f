namespace Berth.Backoff;

/// <summary>
/// Counts the failures in a row of one loop, and computes the wait before its next attempt. A supervisor has one, and so has the loop of a
/// session, so that both count, wait and survive a broken policy in the same way. One caller at a time.
/// </summary>
/// <param name="backoff">The policy.</param>
/// <param name="policyFailed">Reports an exception of the policy. It must not throw.</param>
internal sealed class Retries(IBackoffPolicy backoff, Action<Exception> policyFailed)
{
    /// <summary>The number of failures since the last success.</summary>
    public int Failures { get; private set; }

    /// <summary>Counts one more failure. At the largest number it stays there.</summary>
    public void Fail() => Failures = Failures < int.MaxValue ? Failures + 1 : Failures;

    /// <summary>Starts to count from 0: the next delay is the first one.</summary>
    public void Succeed() => Failures = 0;

    /// <summary>Returns the wait before the next attempt, after at least one failure.</summary>
    /// <param name="asked">The wait that the source asks for, or null for none.</param>
    public TimeSpan NextDelay(TimeSpan? asked)
    {
        try
        {
            return RetryDelay.Next(backoff, Failures, asked);
        }
        catch (Exception exception)
        {
            // The policy is not our code. A defect in it must not end the loop.
            policyFailed(exception);
            return RetryDelay.Max;
        }
    }
}
