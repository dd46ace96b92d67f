namespace Berth;

/// <summary>Delays that double, up to a cap, each spread by jitter so that many clients do not come back together.</summary>
public sealed class ExponentialBackoff : IBackoffPolicy
{
    private readonly Random _random;

    /// <summary>Makes the policy.</summary>
    /// <param name="random">The source of jitter.</param>
    public ExponentialBackoff(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        _random = random;
    }

    /// <summary>The first delay before jitter. Default 200 ms; above 0.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest delay, jitter included. Default 30 s, as client-go's reflector; at least <see cref="First"/>.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public TimeSpan NextDelay(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        // Above 2^30 the cap has long been reached; the bound keeps the power finite.
        double full = Math.Min(First.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30)), Longest.TotalMilliseconds);
        // Between half and the whole: never at once, never later than the cap.
        return TimeSpan.FromMilliseconds(full * (0.5 + (_random.NextDouble() / 2)));
    }
}
