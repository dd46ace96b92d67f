namespace Berth.Echo.Sockets;

/// <summary>The process that listens on a port, as far as it is visible here.</summary>
/// <param name="IsVisible">
/// False for a process outside this pod: a container sees the sockets of its node, and its own processes only.
/// </param>
/// <param name="Process">The process's id, where it is visible.</param>
/// <param name="Pod">The value of its POD_NAME, or null.</param>
/// <param name="Namespace">The value of its POD_NAMESPACE, or null.</param>
internal sealed record PortOwner(bool IsVisible, int Process = 0, string? Pod = null, string? Namespace = null)
{
    /// <summary>True unless it is certain that the process belongs to another pod.</summary>
    public bool MayBe(PodIdentity pod) =>
        IsVisible && (Pod is null || Pod == pod.Name) && (Namespace is null || pod.Namespace is null || Namespace == pod.Namespace);

    /// <summary>The owner as a part of a sentence.</summary>
    public override string ToString() =>
        !IsVisible ? "a process outside this pod"
        : Pod is null ? $"process {Process}"
        : $"process {Process} of pod {(Namespace is null ? "" : Namespace + "/")}{Pod}";
}
