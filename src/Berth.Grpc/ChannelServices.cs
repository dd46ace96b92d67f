using Grpc.Net.Client.Balancer;

namespace Berth.Grpc;

/// <summary>The services of one channel: ours before those of the caller's provider.</summary>
internal sealed class ChannelServices(ResolverFactory resolver, LoadBalancerFactory balancer, IServiceProvider? others) : IServiceProvider
{
    /// <inheritdoc/>
    public object? GetService(Type serviceType) =>
        serviceType == typeof(IEnumerable<ResolverFactory>) ? With(resolver)
        : serviceType == typeof(IEnumerable<LoadBalancerFactory>) ? With(balancer)
        : others?.GetService(serviceType);

    private T[] With<T>(T own) => [own, .. others?.GetService(typeof(IEnumerable<T>)) as IEnumerable<T> ?? []];
}
