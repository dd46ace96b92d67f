namespace Berth.Kubernetes.Addresses;

/// <summary>The addressType of an EndpointSlice (discovery.k8s.io/v1).</summary>
internal enum SliceAddressType
{
    /// <summary>A value that this program does not know.</summary>
    Unknown = 0,

    /// <summary>IPv4 addresses.</summary>
    IPv4 = 1,

    /// <summary>IPv6 addresses.</summary>
    IPv6 = 2,

    /// <summary>DNS names. Berth does not use them.</summary>
    Fqdn = 3,
}
