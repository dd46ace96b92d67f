using System.Diagnostics.CodeAnalysis;

namespace Berth;

/// <summary>Picks any available endpoint, each with the same probability.</summary>
public sealed class RandomPicker : IEndpointPicker
{
    private readonly Random _random;

    /// <summary>Creates a picker.</summary>
    /// <param name="random">
    /// The source of randomness. It must be safe for several threads if several threads pick, as Random.Shared is.
    /// </param>
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

    /// <summary>Returns the name of the picker in <see cref="EndpointPickers"/>: <c>random</c>.</summary>
    public override string ToString() => "random";
}
