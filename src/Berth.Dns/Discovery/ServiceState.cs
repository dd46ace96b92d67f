using System.Net;

namespace Berth.Dns.Discovery;

/// <summary>All that DNS stated of one Service in one reading.</summary>
internal sealed class ServiceState
{
    /// <summary>The pods that have a name.</summary>
    public IReadOnlyList<NamedPod> Pods { get; init; } = [];

    /// <summary>The addresses of the Service's own name.</summary>
    public IReadOnlyCollection<IPAddress> Addresses { get; init; } = [];

    /// <summary>SRV targets that are no pod of this Service.</summary>
    public IReadOnlyCollection<string> ForeignTargets { get; init; } = [];

    /// <summary>True when the pods were looked for one by one.</summary>
    public bool SearchedByOrdinal { get; init; }

    /// <summary>How long all of it may be believed: the lowest TTL.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>The first thing that could not be found out, or null when the reading is complete.</summary>
    public EndpointSourceException? Failure { get; init; }
}
