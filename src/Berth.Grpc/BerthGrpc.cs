using Berth.Checks;
using Berth.Grpc.Balancing;
using Berth.Grpc.Resolving;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Microsoft.Extensions.DependencyInjection;

namespace Berth.Grpc;

/// <summary>
/// Lets gRPC channels follow the pods of a target: <c>berth:///service-b.k8s-example2</c> for all pods,
/// <c>berth:///service-b-2.service-b.k8s-example2</c> for one pod.
/// </summary>
public static class BerthGrpc
{
    /// <summary>Lets all channels of a service provider use <c>berth:///</c> addresses.</summary>
    /// <remarks>
    /// Clients of <c>AddGrpcClient</c> use it as it is; a channel of your own needs <see cref="GrpcChannelOptions.ServiceProvider"/>. The
    /// provider needs an <see cref="EndpointDirectory"/>, whose owner disposes it after the channels.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    /// <exception cref="InvalidOperationException">It was added before, or the host is built already.</exception>
    public static IServiceCollection AddBerthGrpc(this IServiceCollection services, BerthGrpcOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        Check(options);
        if (services.IsReadOnly)
        {
            throw new InvalidOperationException(
                "The host is built already: berth:/// addresses cannot be added. Call AddBerthGrpc before Build().");
        }

        if (services.Any(static service => service.ServiceType == typeof(PodResolverFactory)))
        {
            throw new InvalidOperationException(
                "AddBerthGrpc was called twice. Call it once, with the ports of all targets in TargetPorts.");
        }

        services.AddSingleton(provider => new PodResolverFactory(FindDirectory(provider), options));
        services.AddSingleton<ResolverFactory>(static provider => provider.GetRequiredService<PodResolverFactory>());
        services.AddSingleton<LoadBalancerFactory>(new PodBalancerFactory(options));
        return services;
    }

    /// <summary>Lets one channel use a <c>berth:///</c> address.</summary>
    /// <remarks>
    /// Where the options have no HTTP handler and no client, the channel gets a <see cref="SocketsHttpHandler"/> that uses no proxy,
    /// because pods are connected to directly, and gives up an attempt to connect after 5 s.
    /// </remarks>
    /// <param name="channelOptions">The options of the channel; they are changed.</param>
    /// <param name="directory">The directory. The channel does not dispose it.</param>
    /// <param name="options">The options.</param>
    /// <returns>The same options of the channel.</returns>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public static GrpcChannelOptions UseBerth(
        this GrpcChannelOptions channelOptions, EndpointDirectory directory, BerthGrpcOptions options)
    {
        ArgumentNullException.ThrowIfNull(channelOptions);
        ArgumentNullException.ThrowIfNull(directory);
        Check(options);
        channelOptions.ServiceProvider = new ChannelServices(
            new PodResolverFactory(directory, options), new PodBalancerFactory(options), channelOptions.ServiceProvider);
        if (channelOptions.HttpHandler is null && channelOptions.HttpClient is null)
        {
            channelOptions.HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                UseProxy = false,
                ConnectTimeout = TimeSpan.FromSeconds(5),
            };
            channelOptions.DisposeHttpClient = true;
        }

        return channelOptions;
    }

    private static void Check(BerthGrpcOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.Throw(options.FindFaults(), nameof(options));
    }

    private static EndpointDirectory FindDirectory(IServiceProvider services) =>
        services.GetService<EndpointDirectory>() ?? throw new InvalidOperationException(
            "There is no EndpointDirectory for berth:/// addresses. Register one, such as "
            + "services.AddSingleton(KubernetesEndpoints.Connect()).");
}
