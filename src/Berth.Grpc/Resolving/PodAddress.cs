using System.Diagnostics.CodeAnalysis;
using Grpc.Net.Client.Balancer;

namespace Berth.Grpc.Resolving;

/// <summary>A pod and the address by which a channel connects to it.</summary>
internal sealed class PodAddress
{
    // The library reads the attribute of this name and writes its value into the Host header; its DNS resolver sets it too.
    private static readonly BalancerAttributesKey<string> s_hostOverride = new("HostOverride");

    private PodAddress(PodEndpoint pod, BalancerAddress address)
    {
        Pod = pod;
        Address = address;
    }

    public PodEndpoint Pod { get; }

    public BalancerAddress Address { get; }

    /// <summary>Creates the address of a pod that has the channel's port.</summary>
    public static bool TryCreate(Channel channel, PodEndpoint pod, [NotNullWhen(true)] out PodAddress? created)
    {
        created = null;
        if (channel.FindPort(pod) is not { } port)
            return false;
        BalancerAddress address = new(pod.Address.ToString(), port);
        address.Attributes.Set(BerthPolicy.PodAttribute, pod);
        if (channel.HostNameOf(pod) is { } hostName)
            address.Attributes.Set(s_hostOverride, hostName);
        created = new PodAddress(pod, address);
        return true;
    }

    /// <summary>
    /// True when a connection to the one is a connection to the other: the same process at the same address. A pod that is replaced under
    /// its name is another one, also at the same address.
    /// </summary>
    public bool IsSameProcess(PodAddress other) => ReferenceEquals(this, other)
        || (Pod.Name == other.Pod.Name && Pod.Uid == other.Pod.Uid && Address.EndPoint.Equals(other.Address.EndPoint));
}
