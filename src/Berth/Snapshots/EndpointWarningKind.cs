namespace Berth;

/// <summary>The kinds of <see cref="EndpointWarning"/>.</summary>
public enum EndpointWarningKind
{
    /// <summary>The Service selects pods of several StatefulSets, and those of one set are followed.</summary>
    SeveralSets = 0,

    /// <summary>Some slices of the Service are no longer kept up to date, and their pods may be gone.</summary>
    FrozenSlices = 1,

    /// <summary>Some pods of a node are on the host network, and others are not.</summary>
    MixedNetworks = 2,

    /// <summary>The slices state some pods with an address that their node no longer has.</summary>
    NodeAddressChanged = 3,

    /// <summary>No pod is ready, and pods that are not ready are available (<see cref="EndpointDirectoryOptions.LastResort"/>).</summary>
    NoneReady = 4,
}
