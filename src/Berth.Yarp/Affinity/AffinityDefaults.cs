using Yarp.ReverseProxy.Configuration;

namespace Berth.Yarp.Affinity;

/// <summary>
/// Gives clusters with our affinity policy its defaults. The proxy's own default would send a request for a missing pod to another one.
/// </summary>
internal sealed class AffinityDefaults : IProxyConfigFilter
{
    /// <inheritdoc/>
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        if (FindUnresolved(cluster) is { } unresolved)
        {
            throw new InvalidOperationException(
                $"The destination '{unresolved}' names a target, and another resolver took its place. "
                + "Call AddBerthDestinations after all other methods that add a destination resolver.");
        }

        SessionAffinityConfig? affinity = cluster.SessionAffinity;
        return ValueTask.FromResult(affinity?.Policy != BerthPodAffinity.Name ? cluster : cluster with
        {
            SessionAffinity = affinity with
            {
                FailurePolicy = Or(affinity.FailurePolicy, BerthPodAffinity.FailurePolicyName),
                AffinityKeyName = Or(affinity.AffinityKeyName, BerthPodAffinity.DefaultKeyName),
            },
        });
    }

    /// <inheritdoc/>
    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) =>
        ValueTask.FromResult(route);

    private static string? FindUnresolved(ClusterConfig cluster) => cluster.Destinations?.FirstOrDefault(static destination =>
        destination.Value.Metadata is { } metadata
        && metadata.ContainsKey(BerthDestination.Target)
        && !metadata.ContainsKey(BerthDestination.Pod)).Key;

    private static string Or(string? value, string otherwise) => string.IsNullOrEmpty(value) ? otherwise : value;
}
