using System.Net;

namespace Berth.Dns.Discovery;

/// <summary>The result of one reading of a Service.</summary>
internal sealed class ServiceState
{
    /// <summary>The pods that have a name.</summary>
    public IReadOnlyList<NamedPod> Pods { get; init; } = [];

    /// <summary>The addresses of the Service's own name.</summary>
    public IReadOnlyCollection<IPAddress> Addresses { get; init; } = [];

    /// <summary>The SRV targets that are not pods of this Service.</summary>
    public IReadOnlyCollection<string> ForeignTargets { get; init; } = [];

    /// <summary>The names that were searched one by one (<c>game-0 to game-15</c>); null when SRV records named the pods.</summary>
    public string? SearchedFor { get; init; }

    /// <summary>The questions that no server answered and that were not needed to find the pods: one sentence each.</summary>
    public IReadOnlyList<string> Unanswered { get; init; } = [];

    /// <summary>The time for which the whole state is valid: the lowest TTL.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>The first failure, or null when the reading is complete.</summary>
    public EndpointSourceException? Failure { get; init; }
}
