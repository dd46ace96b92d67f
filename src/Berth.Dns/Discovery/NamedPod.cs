using System.Net;

namespace Berth.Dns.Discovery;

/// <summary>A pod whose name DNS states.</summary>
/// <param name="Host">Its hostname. For a pod of a StatefulSet that is its name.</param>
/// <param name="ServicePorts">The Service's ports from its SRV records. They are bases, never the pod's ports.</param>
internal sealed record NamedPod(string Host, IReadOnlyList<EndpointPort> ServicePorts)
{
    /// <summary>Its addresses, in any order; empty when DNS has none.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The failure that kept an address unknown, or null. <see cref="Addresses"/> then has the last known ones.</summary>
    public EndpointSourceException? Failure { get; init; }
}
