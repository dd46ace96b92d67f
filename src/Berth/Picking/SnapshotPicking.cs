using System.Diagnostics.CodeAnalysis;

namespace Berth;

/// <summary>The short way to pick from a snapshot.</summary>
public static class SnapshotPicking
{
    private static readonly StickyPicker s_sticky = new();

    /// <summary>Picks any available endpoint.</summary>
    /// <exception cref="NoEndpointException">None is available; the message says what there is instead.</exception>
    public static PodEndpoint PickRandom(this EndpointSnapshot snapshot) =>
        RandomPicker.Shared.Pick(snapshot) ?? throw NoEndpointException.For(snapshot);

    /// <summary>Picks any available endpoint, if there is one.</summary>
    public static bool TryPickRandom(this EndpointSnapshot snapshot, [NotNullWhen(true)] out PodEndpoint? endpoint) =>
        (endpoint = RandomPicker.Shared.Pick(snapshot)) is not null;

    /// <summary>Picks the endpoint that a key belongs to.</summary>
    /// <exception cref="NoEndpointException">None is available; the message says what there is instead.</exception>
    public static PodEndpoint PickSticky(this EndpointSnapshot snapshot, ReadOnlySpan<char> key) =>
        s_sticky.Pick(snapshot, key) ?? throw NoEndpointException.For(snapshot);
}
