namespace Berth;

/// <summary>How long to wait before the next attempt.</summary>
public interface IBackoffPolicy
{
    /// <summary>The delay before the next attempt.</summary>
    /// <param name="failures">How many attempts have failed since the last success, 1 or more.</param>
    /// <returns>A delay of 0 to 5 minutes. What is below counts as 0, what is above as 5 minutes.</returns>
    TimeSpan NextDelay(int failures);
}
