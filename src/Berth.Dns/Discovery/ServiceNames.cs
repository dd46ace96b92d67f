using Berth.Dns.Messages;

namespace Berth.Dns.Discovery;

/// <summary>The names of one Service in DNS.</summary>
internal sealed class ServiceNames
{
    public ServiceNames(ServiceTarget target, DnsEndpointSourceOptions options)
    {
        Target = target;
        // DNS knows no case; everything here is compared in lower case.
        Service = $"{target.Service}.{target.Namespace}.svc.{options.ClusterDomain}".ToLowerInvariant();
        StatefulSet = options.StatefulSetName(target);
        if (StatefulSet is null || !DnsNames.IsHostLabel(StatefulSet))
            throw new ArgumentException(
                $"The StatefulSet name '{StatefulSet}' for {target} is not a name Kubernetes gives. Check StatefulSetName.",
                nameof(options));
    }

    public ServiceTarget Target { get; }

    /// <summary>The Service's own name: the addresses of all its ready pods.</summary>
    public string Service { get; }

    public string StatefulSet { get; }

    /// <summary>The name of a pod's addresses.</summary>
    public string OfPod(string host) => $"{host}.{Service}";

    /// <summary>The pod that a name below the Service belongs to, or null when it is no such name.</summary>
    public string? PodOf(string name) =>
        name.EndsWith("." + Service, StringComparison.Ordinal) && DnsNames.IsHostLabel(name[..^(Service.Length + 1)])
            ? name[..^(Service.Length + 1)]
            : null;
}
