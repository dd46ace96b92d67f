namespace Berth.ServiceDiscovery.Providers;

/// <summary>The endpoints of a snapshot that a name stands for. Two names with one choice share a list.</summary>
/// <param name="Pod">The one pod, or null for all that are available.</param>
/// <param name="PortName">The name of the port, or null for the main one.</param>
/// <param name="Scheme">The scheme of the URLs, or null for that of the request.</param>
internal sealed record EndpointChoice(string? Pod, string? PortName, string? Scheme)
{
    /// <summary>Returns the chosen pods, at least one.</summary>
    /// <exception cref="NoEndpointException">None is available. The message says why.</exception>
    public IReadOnlyList<PodEndpoint> PodsOf(EndpointSnapshot snapshot)
    {
        if (Pod is not null)
            return [new PodNamePicker(Pod).Pick(snapshot)];
        return snapshot.UnavailableReason is { } reason ? throw new NoEndpointException(reason) : snapshot.Available;
    }

    /// <summary>Returns the chosen port of a pod, or null when the pod does not have it.</summary>
    public int? FindPort(PodEndpoint pod) => PortName is null ? pod.Port : pod.FindPort(PortName)?.Number;
}
