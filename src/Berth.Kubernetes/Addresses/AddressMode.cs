namespace Berth.Kubernetes;

/// <summary>The kind of address that clients dial.</summary>
public enum AddressMode
{
    /// <summary>The address its EndpointSlice states: of the node on the host network, else of the pod.</summary>
    Internal = 0,

    /// <summary>The ExternalIP of its node, and no other. Needs a grant to list and watch nodes.</summary>
    External = 1,

    /// <summary>The ExternalIP of its node; the internal address where the node has none, or where nodes may not be read.</summary>
    ExternalOrInternal = 2,
}
