namespace Berth;

/// <summary>The kinds of <see cref="EndpointWarning"/>.</summary>
public enum EndpointWarningKind
{
    /// <summary>Pods of several StatefulSets stand behind the Service, and those of one are followed.</summary>
    SeveralSets = 0,

    /// <summary>Slices of the Service are not kept up to date any more, so that pods in them may be gone.</summary>
    FrozenSlices = 1,

    /// <summary>Some pods of a node are on the host network, and others are not.</summary>
    MixedNetworks = 2,

    /// <summary>Pods are stated with an address that their node no longer has.</summary>
    NodeAddressChanged = 3,
}
