namespace Berth;

/// <summary>A pod that claims a port of an address.</summary>
/// <param name="Target">The target that the pod belongs to.</param>
/// <param name="Pod">The pod's name.</param>
public sealed record PortClaim(ServiceTarget Target, string Pod)
{
    /// <summary>
    /// The pod's cluster, or null where one cluster is followed. All claims of one clash have the same: an address in two clusters is two.
    /// </summary>
    public string? Cluster { get; init; }
}
