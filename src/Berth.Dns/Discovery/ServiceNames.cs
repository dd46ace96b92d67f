using Berth.Dns.Messages;

namespace Berth.Dns.Discovery;

/// <summary>The names of one Service in DNS.</summary>
internal sealed class ServiceNames
{
    public ServiceNames(ServiceTarget target, DnsEndpointSourceOptions options)
    {
        Target = target;
        // DNS names are not case-sensitive. All comparisons here use lower case.
        Service = $"{target.Service}.{target.Namespace}.svc.{options.ClusterDomain}".ToLowerInvariant();
        StatefulSet = options.StatefulSetName(target);
        if (StatefulSet is null || !DnsNames.IsHostLabel(StatefulSet))
            throw new ArgumentException(
                $"The StatefulSet name '{StatefulSet}' for {target} is not a name Kubernetes gives. Check StatefulSetName.",
                nameof(options));
    }

    public ServiceTarget Target { get; }

    /// <summary>The Service's own name, which has the addresses of all its ready pods.</summary>
    public string Service { get; }

    public string StatefulSet { get; }

    /// <summary>Returns the name of a pod, which has its addresses.</summary>
    public string OfPod(string host) => $"{host}.{Service}";

    /// <summary>Returns the pod of a name below the Service, or null for any other name.</summary>
    public string? PodOf(string name) =>
        name.EndsWith("." + Service, StringComparison.Ordinal) && DnsNames.IsHostLabel(name[..^(Service.Length + 1)])
            ? name[..^(Service.Length + 1)]
            : null;
}
