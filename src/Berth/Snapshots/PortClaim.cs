namespace Berth;

/// <summary>A pod that claims a port of an address.</summary>
/// <param name="Target">The target that the pod belongs to.</param>
/// <param name="Pod">The pod's name.</param>
public sealed record PortClaim(ServiceTarget Target, string Pod);
