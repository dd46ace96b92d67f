namespace Berth;

/// <summary>Computes the delay before the next attempt.</summary>
public interface IBackoffPolicy
{
    /// <summary>Returns the delay before the next attempt.</summary>
    /// <param name="failures">The number of failed attempts since the last success, 1 or more.</param>
    /// <returns>A delay of 0 to 5 minutes. Less counts as 0, more as 5 minutes.</returns>
    TimeSpan NextDelay(int failures);
}
