using System.Diagnostics.CodeAnalysis;

namespace Berth;

/// <summary>Chooses one endpoint of a snapshot. Safe for any number of threads; allocates nothing and takes no lock.</summary>
/// <remarks>
/// <see cref="EndpointPicking"/> adds the short forms: <c>Pick</c>, which throws when there is none, and <c>TryPick</c> without a key.
/// </remarks>
public interface IEndpointPicker
{
    /// <summary>Chooses among the available endpoints.</summary>
    /// <param name="snapshot">The snapshot to choose from.</param>
    /// <param name="key">The name of what must stay together, such as a session or a room. Only a sticky picker reads it.</param>
    /// <param name="endpoint">The endpoint; null when none qualifies.</param>
    /// <returns>True when there is one.</returns>
    bool TryPick(EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint);
}
