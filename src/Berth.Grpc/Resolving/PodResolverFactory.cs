using Berth.Grpc.Addresses;
using Berth.Grpc.Diagnostics;
using Berth.Logging;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;

namespace Berth.Grpc.Resolving;

/// <summary>Creates the resolvers of <c>berth:///</c> addresses.</summary>
internal sealed class PodResolverFactory(EndpointDirectory directory, BerthGrpcOptions options) : ResolverFactory
{
    /// <inheritdoc/>
    public override string Name => ChannelAddress.Scheme;

    /// <inheritdoc/>
    public override Resolver Create(ResolverOptions channelOptions) => new PodResolver(
        directory,
        Channel.Of(channelOptions.Address, options),
        ConfigFor(channelOptions),
        channelOptions.LoggerFactory.CreateSafeLogger(Log.Name));

    /// <summary>
    /// Returns the policies of a channel: ours, which is round robin for calls that name no pod; or none where the channel has its own.
    /// Without any, the library would send every client to the first pod.
    /// </summary>
    private static ServiceConfig? ConfigFor(ResolverOptions options) =>
        options.DisableServiceConfig || options.ChannelOptions.ServiceConfig?.LoadBalancingConfigs.Count > 0
            ? null
            : new ServiceConfig { LoadBalancingConfigs = { new LoadBalancingConfig(BerthPolicy.Name), new RoundRobinConfig() } };
}
