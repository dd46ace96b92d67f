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

    /// <summary>What was looked for one by one (<c>game-0 to game-15</c>); null when SRV records named the pods.</summary>
    public string? SearchedFor { get; init; }

    /// <summary>Questions that no server answered and that the pods were found without, a sentence each.</summary>
    public IReadOnlyList<string> Unanswered { get; init; } = [];

    /// <summary>The time for which all of it is valid: the lowest TTL.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>The first thing that could not be found out, or null when the reading is complete.</summary>
    public EndpointSourceException? Failure { get; init; }
}
