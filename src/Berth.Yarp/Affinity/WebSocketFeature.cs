using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Berth.Yarp.Affinity;

/// <summary>The proxy's knowledge of a WebSocket request: all that it had before, with another time-out.</summary>
internal sealed class WebSocketFeature(IReverseProxyFeature inner, ClusterModel cluster) : IReverseProxyFeature
{
    /// <inheritdoc/>
    public RouteModel Route => inner.Route;

    /// <inheritdoc/>
    public ClusterModel Cluster => cluster;

    /// <inheritdoc/>
    public IReadOnlyList<DestinationState> AllDestinations => inner.AllDestinations;

    /// <inheritdoc/>
    public IReadOnlyList<DestinationState> AvailableDestinations
    {
        get => inner.AvailableDestinations;
        set => inner.AvailableDestinations = value;
    }

    /// <inheritdoc/>
    public DestinationState? ProxiedDestination
    {
        get => inner.ProxiedDestination;
        set => inner.ProxiedDestination = value;
    }

    /// <summary>True for a WebSocket over HTTP/1.1 (RFC 6455) or HTTP/2 (RFC 8441).</summary>
    public static bool IsWebSocket(HttpContext context) =>
        string.Equals(context.Request.Headers[HeaderNames.Upgrade], "websocket", StringComparison.OrdinalIgnoreCase)
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };

    /// <summary>Lets a request have its own time-out.</summary>
    public static void Use(HttpContext context, ConditionalWeakTable<ClusterModel, ClusterModel> models, TimeSpan idleTimeout)
    {
        IReverseProxyFeature inner = context.GetReverseProxyFeature();
        ClusterModel model = models.GetValue(inner.Cluster, cluster => new ClusterModel(
            cluster.Config with
            {
                HttpRequest = (cluster.Config.HttpRequest ?? ForwarderRequestConfig.Empty) with { ActivityTimeout = idleTimeout },
            },
            cluster.HttpClient));
        context.Features.Set<IReverseProxyFeature>(new WebSocketFeature(inner, model));
    }
}
