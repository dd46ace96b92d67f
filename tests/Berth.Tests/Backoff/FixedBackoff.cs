namespace Berth.Tests.Backoff;

/// <summary>Always the same delay, whatever it is.</summary>
internal sealed class FixedBackoff(TimeSpan delay) : IBackoffPolicy
{
    public TimeSpan NextDelay(int failures) => delay;
}
