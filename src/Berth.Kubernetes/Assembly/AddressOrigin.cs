namespace Berth.Kubernetes.Assembly;

/// <summary>The owner of the address that slices state for a pod.</summary>
internal enum AddressOrigin
{
    /// <summary>The node has the address, or the owner is not known.</summary>
    Node,

    /// <summary>The node had the address when the pod was started.</summary>
    FormerNode,

    /// <summary>The node does not have the address: the pod is not on the host network.</summary>
    Elsewhere,
}
