using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Berth;

/// <summary>Picks the endpoint with a given ordinal, while it is available.</summary>
public sealed class OrdinalPicker : IEndpointPicker
{
    /// <summary>Creates a picker for an ordinal, 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The ordinal is negative.</exception>
    public OrdinalPicker(int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        Ordinal = ordinal;
    }

    /// <summary>The ordinal.</summary>
    internal int Ordinal { get; }

    /// <inheritdoc/>
    public bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        endpoint = snapshot.FindByOrdinal(Ordinal) is { IsAvailable: true } found ? found : null;
        return endpoint is not null;
    }

    /// <summary>Returns the name of the picker in <see cref="EndpointPickers"/>: <c>ordinal:2</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"ordinal:{Ordinal}");
}
