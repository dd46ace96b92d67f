using System.Diagnostics.CodeAnalysis;

namespace Berth;

/// <summary>Any available endpoint, each as likely as the next.</summary>
public sealed class RandomPicker : IEndpointPicker
{
    private readonly Random _random;

    /// <summary>Makes a picker.</summary>
    /// <param name="random">The source of randomness. With several threads it must be safe for them, as Random.Shared is.</param>
    public RandomPicker(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        _random = random;
    }

    /// <summary>A picker over the runtime's shared source of randomness, safe for any number of threads.</summary>
    [SuppressMessage("ApiDesign", "RS0030",
        Justification = "The shared instance is the only lock-free source for many threads; tests give their own.")]
    public static RandomPicker Shared { get; } = new(Random.Shared);

    /// <inheritdoc/>
    public bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        EndpointList available = snapshot.Available;
        endpoint = available.Count == 0 ? null : available[_random.Next(available.Count)];
        return endpoint is not null;
    }

    /// <summary>The picker as <see cref="EndpointPickers"/> names it: <c>random</c>.</summary>
    public override string ToString() => "random";
}
