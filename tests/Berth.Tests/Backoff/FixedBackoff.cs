namespace Berth.Tests.Backoff;

/// <summary>Always the same given delay.</summary>
internal sealed class FixedBackoff(TimeSpan delay) : IBackoffPolicy
{
    public TimeSpan NextDelay(int failures) => delay;
}
