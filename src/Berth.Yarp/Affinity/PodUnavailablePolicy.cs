using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.SessionAffinity;

namespace Berth.Yarp.Affinity;

/// <summary>Answers a request for a pod that is not available with 503 and a sentence. Clients learn nothing else of the cluster.</summary>
internal sealed class PodUnavailablePolicy : IAffinityFailurePolicy
{
    private const int MaxShown = 63;

    /// <inheritdoc/>
    public string Name => BerthPodAffinity.FailurePolicyName;

    /// <inheritdoc/>
    public async Task<bool> Handle(HttpContext context, ClusterState cluster, AffinityStatus affinityStatus)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(Describe(context), context.RequestAborted).ConfigureAwait(false);
        return false;
    }

    private static string Describe(HttpContext context) => context.Items[typeof(RequestedPod)] is not RequestedPod requested
        ? "The pod of this request is not available.\n"
        : requested.Kind == RequestedPodKind.Key
            ? "No pod is available.\n"
            : $"The pod '{(requested.Value.Length > MaxShown ? requested.Value[..MaxShown] : requested.Value)}' is not available.\n";
}
