using System.Diagnostics.CodeAnalysis;

namespace Berth;

/// <summary>The short forms of picking: <c>Pick</c> throws when no endpoint qualifies, <c>TryPick</c> returns false.</summary>
public static class EndpointPicking
{
    private static readonly StickyPicker s_sticky = new();

    /// <summary>Picks an available endpoint with a picker.</summary>
    /// <exception cref="NoEndpointException">None qualifies. The message says which endpoints there are.</exception>
    public static PodEndpoint Pick(this IEndpointPicker picker, EndpointSnapshot snapshot, ReadOnlySpan<char> key = default)
    {
        ArgumentNullException.ThrowIfNull(picker);
        return picker.TryPick(snapshot, key, out PodEndpoint? endpoint) ? endpoint : throw NoEndpointException.For(snapshot, picker);
    }

    /// <summary>Picks an available endpoint with a picker that needs no key, if one qualifies.</summary>
    public static bool TryPick(this IEndpointPicker picker, EndpointSnapshot snapshot, [NotNullWhen(true)] out PodEndpoint? endpoint)
    {
        ArgumentNullException.ThrowIfNull(picker);
        return picker.TryPick(snapshot, default, out endpoint);
    }

    /// <summary>Picks any available endpoint.</summary>
    /// <exception cref="NoEndpointException">None is available; the message says what there is instead.</exception>
    public static PodEndpoint PickRandom(this EndpointSnapshot snapshot) =>
        TryPickRandom(snapshot, out PodEndpoint? endpoint) ? endpoint : throw NoEndpointException.For(snapshot, RandomPicker.Shared);

    /// <summary>Picks any available endpoint, if there is one.</summary>
    public static bool TryPickRandom(this EndpointSnapshot snapshot, [NotNullWhen(true)] out PodEndpoint? endpoint) =>
        RandomPicker.Shared.TryPick(snapshot, default, out endpoint);

    /// <summary>Picks the available endpoint that a key belongs to.</summary>
    /// <exception cref="NoEndpointException">None is available; the message says what there is instead.</exception>
    public static PodEndpoint PickSticky(this EndpointSnapshot snapshot, ReadOnlySpan<char> key) =>
        TryPickSticky(snapshot, key, out PodEndpoint? endpoint) ? endpoint : throw NoEndpointException.For(snapshot, s_sticky);

    /// <summary>Picks the available endpoint that a key belongs to, if there is one.</summary>
    public static bool TryPickSticky(
        this EndpointSnapshot snapshot, ReadOnlySpan<char> key, [NotNullWhen(true)] out PodEndpoint? endpoint) =>
        s_sticky.TryPick(snapshot, key, out endpoint);
}
