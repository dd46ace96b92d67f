using Grpc.Net.Client.Balancer;

namespace Berth.Grpc.Balancing;

/// <summary>Creates the balancers of the policy <c>berth_pod</c>.</summary>
internal sealed class PodBalancerFactory(BerthGrpcOptions options) : LoadBalancerFactory
{
    /// <inheritdoc/>
    public override string Name => BerthPolicy.Name;

    /// <inheritdoc/>
    public override LoadBalancer Create(LoadBalancerOptions balancerOptions) =>
        new PodBalancer(balancerOptions.Controller, new Turns((uint)options.Random.Next()));
}
