namespace Berth;

/// <summary>The endpoint with one ordinal, while it is available.</summary>
public sealed class OrdinalPicker : IEndpointPicker
{
    private readonly int _ordinal;

    /// <summary>Makes a picker for an ordinal, 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The ordinal is negative.</exception>
    public OrdinalPicker(int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        _ordinal = ordinal;
    }

    /// <inheritdoc/>
    public PodEndpoint? Pick(EndpointSnapshot snapshot, ReadOnlySpan<char> key = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return snapshot.FindByOrdinal(_ordinal) is { IsAvailable: true } found ? found : null;
    }
}
