namespace Berth.Extensions.Hosting;

/// <summary>
/// The settings of one view: the section <c>Berth</c>, then <c>Berth:Views:NAME</c> over it. A view needs a namespace, a Service, and one
/// way to compute ports: <see cref="BasePort"/>, <see cref="Ports"/>, <see cref="FixedPort"/> or <see cref="PortsFromService"/>.
/// </summary>
public sealed class BerthViewSettings
{
    /// <summary>The namespace, such as <c>k8s-example2</c>. Default: null; it is needed.</summary>
    public string? Namespace { get; set; }

    /// <summary>The Service's name, such as <c>service-b</c>. Default: null; it is needed.</summary>
    public string? Service { get; set; }

    /// <summary>
    /// The name of the StatefulSet whose pods count. Default: null, to find it (Kubernetes), or the Service's name (DNS).
    /// </summary>
    public string? StatefulSet { get; set; }

    /// <summary>The port of ordinal 0, 1 to 65535: the port of a pod is base + ordinal x <see cref="Stride"/>. Default: null.</summary>
    public int? BasePort { get; set; }

    /// <summary>The distance of ports between two ordinals, 1 to 65535. Default 1.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>Several named ports of every pod, the main one first, in place of <see cref="BasePort"/>. Default: none.</summary>
    public IList<BerthPortSettings> Ports { get; } = [];

    /// <summary>One port that all pods have, for one pod a node. 1 to 65535. Default: null.</summary>
    public int? FixedPort { get; set; }

    /// <summary>True to take the Service's own ports as bases. Default: false.</summary>
    public bool PortsFromService { get; set; }

    /// <summary>
    /// The pods for the source <c>Static</c>, by name: an address, for a port that follows from the name, or an address and a port.
    /// Default: none.
    /// </summary>
    public IDictionary<string, string> Pods { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>True to leave out the health check of the view. Default: false.</summary>
    public bool DisableHealthChecks { get; set; }
}
