using System.Net;
using Berth.Ports;

namespace Berth.Pods;

/// <summary>
/// An endpoint with a mark. Everything is as its source states it, but a cordoned pod gets no new clients, and a last resort gets them
/// although it is not ready. It is a separate type, so that other endpoints need no field for it.
/// </summary>
internal sealed class MarkedEndpoint(PodEndpoint pod, bool cordoned, bool lastResort) : PodEndpoint(
    pod.Ordinal ?? PodName.NoNumber, pod.Ready, pod.Serving, pod.Terminating, cordoned, lastResort)
{
    public override string Name => pod.Name;

    public override string Namespace => pod.Namespace;

    public override string? Uid => pod.Uid;

    public override int? Ordinal => pod.Ordinal;

    public override IReadOnlyList<IPAddress> Addresses => pod.Addresses;

    public override IReadOnlyList<EndpointPort> Ports => pod.Ports;

    public override string? Node => pod.Node;

    public override string? Zone => pod.Zone;

    public override string? Host => pod.Host;

    public override string? Cluster => pod.Cluster;

    public override IPAddress Address => pod.Address;

    public override int Port => pod.Port;

    internal override PodName Key => pod.Key;

    internal override ulong NameHash => pod.NameHash;

    internal override void AddClaims(ClaimKeys claims) => pod.AddClaims(claims);

    public override EndpointPort? FindPort(string name) => pod.FindPort(name);
}
