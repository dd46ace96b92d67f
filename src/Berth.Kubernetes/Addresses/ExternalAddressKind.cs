namespace Berth.Kubernetes.Addresses;

/// <summary>The kinds of <see cref="ExternalAddressSource"/>.</summary>
internal enum ExternalAddressKind
{
    /// <summary>The node's addresses of type ExternalIP.</summary>
    ExternalIP,

    /// <summary>The node's address of type ExternalDNS.</summary>
    ExternalDns,

    /// <summary>A label of the node.</summary>
    Label,

    /// <summary>An annotation of the node.</summary>
    Annotation,

    /// <summary>A file that maps addresses and nodes.</summary>
    Map,
}
