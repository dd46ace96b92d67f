namespace Berth;

/// <summary>Chooses one endpoint of a snapshot. Safe for any number of threads; allocates nothing and takes no lock.</summary>
public interface IEndpointPicker
{
    /// <summary>Chooses among the available endpoints.</summary>
    /// <param name="snapshot">What to choose from.</param>
    /// <param name="key">What the caller wants to stay together, such as a session's or a room's name. Only a sticky picker reads it.</param>
    /// <returns>The endpoint, or null when none qualifies.</returns>
    PodEndpoint? Pick(EndpointSnapshot snapshot, ReadOnlySpan<char> key = default);
}
