using System.Net;

namespace Berth.Pods;

/// <summary>
/// An endpoint with a host name and addresses. It is a separate type, so that endpoints without a host name need no field for it.
/// </summary>
internal sealed class HostedEndpoint : ListedEndpoint
{
    public HostedEndpoint(
        string name,
        string @namespace,
        IReadOnlyList<IPAddress> addresses,
        IReadOnlyList<EndpointPort> ports,
        int? ordinal,
        bool ready,
        bool serving,
        bool terminating,
        string host)
        : base(name, @namespace, addresses, ports, ordinal, ready, serving, terminating)
    {
        HostNames.ThrowIfInvalid(host, nameof(host));
        Host = host;
    }

    /// <summary>The host name: one string for all pods of a node, where the node gives it.</summary>
    public override string Host { get; }
}
