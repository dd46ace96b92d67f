namespace Berth.Kubernetes.Addresses;

/// <summary>The reason why an endpoint of a slice cannot be dialled.</summary>
/// <param name="Reason">The kind of the reason.</param>
/// <param name="Detail">The reason with its values: a clause without a full stop.</param>
internal sealed record EndpointFault(LeftOutReason Reason, string Detail);
