namespace Berth.Extensions.Hosting;

/// <summary>The settings of the source <c>Dns</c>: section <c>Berth:Dns</c>. The defaults are right inside a cluster.</summary>
public sealed class BerthDnsSettings
{
    /// <summary>
    /// The DNS servers, as in <c>10.96.0.10:53</c>; the port is 53 when it is left out. Default: none, for those of
    /// <c>/etc/resolv.conf</c>.
    /// </summary>
    public IList<string> Servers { get; } = [];

    /// <summary>The cluster's domain, without a dot at either end. Default: <c>cluster.local</c>.</summary>
    public string ClusterDomain { get; set; } = "cluster.local";

    /// <summary>
    /// The Service's named ports whose SRV records name the pods, as in <c>game</c> or <c>game/UDP</c>. Default: none, for the SRV records
    /// of the Service itself.
    /// </summary>
    public IList<string> ServicePorts { get; } = [];

    /// <summary>The IP families to ask for, and their order. Default: <see cref="AddressFamilies.IPv4ThenIPv6"/>.</summary>
    public AddressFamilies AddressFamilies { get; set; }
}
