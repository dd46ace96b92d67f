using System.Runtime.CompilerServices;
using Berth.Yarp.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.SessionAffinity;

namespace Berth.Yarp.Affinity;

/// <summary>
/// Sends a request to the pod that it names. A load balancing policy would not do: the proxy does not ask it when one destination is left,
/// and a request for pod 7 would go to pod 0.
/// </summary>
internal sealed class PodAffinityPolicy(BerthYarpOptions options, ILogger logger) : ISessionAffinityPolicy
{
    // The proxy keeps one list until the destinations of a cluster change.
    private readonly ConditionalWeakTable<IReadOnlyList<DestinationState>, PodIndex> _indexes = [];
    private readonly ConditionalWeakTable<ClusterModel, ClusterModel> _forWebSockets = [];

    /// <inheritdoc/>
    public string Name => BerthPodAffinity.Name;

    /// <inheritdoc/>
    public AffinityResult FindAffinitizedDestinations(
        HttpContext context, ClusterState cluster, SessionAffinityConfig config, IReadOnlyList<DestinationState> destinations)
    {
        if (WebSocketFeature.IsWebSocket(context))
            WebSocketFeature.Use(context, _forWebSockets, options.WebSocketIdleTimeout);
        RequestedPod requested = RequestedPod.Of(context, config.AffinityKeyName);
        if (requested.Kind == RequestedPodKind.None)
            return new AffinityResult(null, AffinityStatus.AffinityKeyNotSet);
        if (_indexes.GetValue(destinations, static list => new PodIndex(list)).Find(requested) is { } found)
            return new AffinityResult(found, AffinityStatus.OK);
        Log.PodMissing(logger, cluster.ClusterId, requested.Value);
        context.Items[typeof(RequestedPod)] = requested;
        return new AffinityResult(null, AffinityStatus.DestinationNotFound);
    }

    /// <inheritdoc/>
    public void AffinitizeResponse(
        HttpContext context, ClusterState cluster, SessionAffinityConfig config, DestinationState destination)
    {
        if (config.Cookie is not { } cookie
            || RequestedPod.Of(context, config.AffinityKeyName) is { Kind: RequestedPodKind.Named or RequestedPodKind.Key }
            || destination.Model.Config.Metadata?.GetValueOrDefault(BerthDestination.Pod) is not { } pod
            || context.Request.Cookies[config.AffinityKeyName] == pod)
        {
            return;
        }

        context.Response.Cookies.Append(config.AffinityKeyName, pod, new CookieOptions
        {
            Path = cookie.Path ?? "/",
            Domain = cookie.Domain,
            HttpOnly = cookie.HttpOnly ?? true,
            IsEssential = cookie.IsEssential ?? false,
            MaxAge = cookie.MaxAge,
            Expires = cookie.Expiration is { } expiration ? options.TimeProvider.GetUtcNow() + expiration : null,
            SameSite = cookie.SameSite ?? SameSiteMode.Unspecified,
            Secure = cookie.SecurePolicy == CookieSecurePolicy.Always
                || (cookie.SecurePolicy == CookieSecurePolicy.SameAsRequest && context.Request.IsHttps),
        });
    }
}
