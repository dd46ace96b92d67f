using Berth.Kubernetes;

namespace Berth.Extensions.Hosting;

/// <summary>
/// The settings of the source <c>Kubernetes</c>: section <c>Berth:Kubernetes</c>. The cluster is found as kubectl finds it.
/// </summary>
public sealed class BerthKubernetesSettings
{
    /// <summary>
    /// The path of a kubeconfig file that must exist. Default: null, for KUBECONFIG, the pod's service account, <c>~/.kube/config</c>.
    /// </summary>
    public string? Kubeconfig { get; set; }

    /// <summary>The context of the kubeconfig. Default: null, for its <c>current-context</c>.</summary>
    public string? Context { get; set; }

    /// <summary>
    /// The kind of address of a pod. Default: <see cref="AddressMode.Internal"/>. The others need permission to read Nodes, unless a map
    /// file is all that <see cref="ExternalFrom"/> has.
    /// </summary>
    public AddressMode AddressMode { get; set; }

    /// <summary>
    /// The sources of external addresses and host names, the preferred first: <c>external-ip</c>, <c>external-dns</c>, <c>label=KEY</c>,
    /// <c>annotation=KEY</c>, <c>map=FILE</c>. Default: empty, for <c>external-ip</c>.
    /// </summary>
    public IList<string> ExternalFrom { get; } = [];

    /// <summary>The template of host names, such as <c>{pod}.{namespace}.play.example.com</c>. Default: null, for none.</summary>
    public string? HostTemplate { get; set; }

    /// <summary>The IP families of a pod's addresses, and their order. Default: <see cref="AddressFamilies.IPv4ThenIPv6"/>.</summary>
    public AddressFamilies AddressFamilies { get; set; }

    /// <summary>True to ask the API server to stream lists. Default: false.</summary>
    public bool StreamingLists { get; set; }
}
