namespace Berth.Kubernetes.Addresses;

/// <summary>Why a slice's endpoint cannot be dialled.</summary>
/// <param name="Reason">In one word.</param>
/// <param name="Detail">With its values: a clause without a full stop.</param>
internal sealed record EndpointFault(LeftOutReason Reason, string Detail);
