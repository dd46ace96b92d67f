namespace Berth.Yarp;

/// <summary>
/// The session affinity policy of clusters whose requests name their pod. A request for a pod that is not available is answered with 503,
/// and never goes to another pod.
/// </summary>
/// <remarks>
/// The pod is named, in this order, by the route value <c>pod</c>, by the header, the query parameter or the cookie
/// <see cref="DefaultKeyName"/> (or the cluster's <c>AffinityKeyName</c>): a pod's name such as <c>service-b-2</c>, or an ordinal such as
/// <c>2</c>. Else the header or the query parameter <see cref="StickyKeyName"/> picks a pod by its key, as <see cref="StickyPicker"/> does.
/// Else the cluster balances as it is configured. The cookie is set where the cluster configures one.
/// </remarks>
public static class BerthPodAffinity
{
    /// <summary>The policy's name, for <c>SessionAffinity.Policy</c>.</summary>
    public const string Name = "BerthPod";

    /// <summary>The failure policy that clusters with this policy have by default: 503 with a sentence.</summary>
    public const string FailurePolicyName = "BerthUnavailable";

    /// <summary>The default of <c>SessionAffinity.AffinityKeyName</c>.</summary>
    public const string DefaultKeyName = "Berth-Pod";

    /// <summary>The header or query parameter that names what must stay together, such as a room.</summary>
    public const string StickyKeyName = "Berth-Key";

    /// <summary>The route value that names a pod, as in the path <c>/pods/{pod}/{**rest}</c>.</summary>
    public const string RouteValue = "pod";
}
