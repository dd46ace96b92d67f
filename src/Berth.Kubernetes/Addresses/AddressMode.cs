namespace Berth.Kubernetes;

/// <summary>The kind of address that clients dial.</summary>
public enum AddressMode
{
    /// <summary>The address in its EndpointSlice: that of the node on the host network, else that of the pod.</summary>
    Internal = 0,

    /// <summary>Only the ExternalIP of its node. Needs permission to list and watch nodes.</summary>
    External = 1,

    /// <summary>The ExternalIP of its node; the internal address when the node has none, or when reading nodes is forbidden.</summary>
    ExternalOrInternal = 2,
}
