using Berth.Backoff;

namespace Berth;

/// <summary>Delays that double up to a maximum, with jitter, so that many clients do not return at the same time.</summary>
public sealed class ExponentialBackoff : IBackoffPolicy
{
    private readonly Random _random;
    private readonly TimeSpan _firstDelay = TimeSpan.FromMilliseconds(200);
    private readonly TimeSpan _maxDelay = TimeSpan.FromSeconds(30);

    /// <summary>Creates the policy.</summary>
    /// <param name="random">The source of jitter.</param>
    public ExponentialBackoff(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        _random = random;
    }

    /// <summary>The first delay before jitter. Default 200 ms; above 0, at most 5 minutes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public TimeSpan FirstDelay
    {
        get => _firstDelay;
        init => _firstDelay = Checked(value, nameof(FirstDelay));
    }

    /// <summary>The longest delay, including jitter. Default 30 s, as in client-go's reflector; above 0, at most 5 minutes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public TimeSpan MaxDelay
    {
        get => _maxDelay;
        init => _maxDelay = Checked(value, nameof(MaxDelay));
    }

    /// <inheritdoc/>
    public TimeSpan NextDelay(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        TimeSpan full = RetryDelay.Doubled(FirstDelay, MaxDelay, failures);
        // Between half of the delay and all of it, so never 0 and never above the maximum.
        return full * (0.5 + (_random.NextDouble() / 2));
    }

    private static TimeSpan Checked(TimeSpan value, string name) => value > TimeSpan.Zero && value <= RetryDelay.Max
        ? value
        : throw new ArgumentOutOfRangeException(
            name, value, $"{name} is {value}. Give a duration above zero and at most {RetryDelay.Max}.");
}
