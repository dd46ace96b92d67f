namespace Berth;

/// <summary>How long to wait before the next attempt.</summary>
public interface IBackoffPolicy
{
    /// <summary>The delay before the next attempt.</summary>
    /// <param name="failures">How many attempts have failed since the last success, 1 or more.</param>
    /// <returns>A delay of 0 or more.</returns>
    TimeSpan NextDelay(int failures);
}
