namespace Berth.Http.Picking;

/// <summary>The wishes of a request about its pod.</summary>
/// <param name="Pod">The name of the one pod, or null.</param>
/// <param name="Ordinal">The ordinal of the one pod, or null.</param>
/// <param name="Key">The key that stays with a pod, or null.</param>
internal readonly record struct PodRequest(string? Pod, int? Ordinal, string? Key)
{
    /// <summary>True when only one pod will do.</summary>
    public bool NamesPod => Pod is not null || Ordinal is not null;

    /// <summary>Returns the picker that finds what the request asks for.</summary>
    /// <param name="other">The picker of requests that ask for nothing.</param>
    public IEndpointPicker PickerOr(IEndpointPicker other) =>
        Pod is not null ? new PodNamePicker(Pod)
        : Ordinal is { } ordinal ? new OrdinalPicker(ordinal)
        : Key is not null ? PodRequests.Sticky
        : other;
}
