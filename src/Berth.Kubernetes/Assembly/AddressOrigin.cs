namespace Berth.Kubernetes.Assembly;

/// <summary>The owner of the address that slices state for a pod.</summary>
internal enum AddressOrigin
{
    /// <summary>One of its node's, or it cannot be told.</summary>
    Node,

    /// <summary>One that its node had when the pod was started.</summary>
    FormerNode,

    /// <summary>None of its node's: the pod is not on the host network.</summary>
    Elsewhere,
}
