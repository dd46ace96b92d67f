namespace Berth.Kubernetes;

/// <summary>Which family comes first where a pod has addresses of both.</summary>
public enum IPFamily
{
    /// <summary>IPv4 first.</summary>
    IPv4 = 0,

    /// <summary>IPv6 first.</summary>
    IPv6 = 1,
}
