using Grpc.Net.Client.Balancer;

namespace Berth.Grpc;

/// <summary>
/// The load balancing policy of <c>berth:///</c> addresses: the pod that the metadata names (<see cref="BerthMetadata"/>), else round
/// robin.
/// </summary>
public static class BerthPolicy
{
    /// <summary>The policy's name in a service config.</summary>
    public const string Name = "berth_pod";

    /// <summary>The pod of a <see cref="BalancerAddress"/>, for balancers of your own.</summary>
    public static BalancerAttributesKey<PodEndpoint> PodAttribute { get; } = new("Berth.Pod");
}
