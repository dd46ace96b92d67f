using System.Net;

namespace Berth.Pods;

/// <summary>
/// An endpoint that an operator has cordoned. Everything is as its source states it, but new clients are not sent there. It is a separate
/// type, so that other endpoints need no field for it.
/// </summary>
internal sealed class CordonedEndpoint(PodEndpoint pod)
    : PodEndpoint(pod.Ordinal ?? PodName.NoNumber, pod.Ready, pod.Serving, pod.Terminating, cordoned: true)
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

    public override EndpointPort? FindPort(string name) => pod.FindPort(name);
}
