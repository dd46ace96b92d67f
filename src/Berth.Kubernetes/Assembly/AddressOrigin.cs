namespace Berth.Kubernetes.Assembly;

/// <summary>Whose address the slices state for a pod.</summary>
internal enum AddressOrigin
{
    /// <summary>One of its node's, or it cannot be told.</summary>
    Node,

    /// <summary>One that its node had when the pod was started.</summary>
    FormerNode,

    /// <summary>None of its node's: the pod is not on the host network.</summary>
    Elsewhere,
}
