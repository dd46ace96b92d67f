using System.Net;

namespace Berth.Pods;

/// <summary>
/// An endpoint with a host name and addresses. It is a separate type, so that endpoints without a host name need no field for it.
/// </summary>
internal sealed class HostedEndpoint : ListedEndpoint
{
    // A string that all pods of a node share, or the template that creates the name.
    private readonly object _host;

    public HostedEndpoint(
        string name,
        string @namespace,
        IReadOnlyList<IPAddress> addresses,
        IReadOnlyList<EndpointPort> ports,
        int? ordinal,
        bool ready,
        bool serving,
        bool terminating,
        object host)
        : base(name, @namespace, addresses, ports, ordinal, ready, serving, terminating)
    {
        if (host is string text)
            HostNames.ThrowIfInvalid(text, nameof(host));
        _host = host;
    }

    public override string? Host => _host as string ?? ((HostTemplate)_host).Expand(Name, Namespace, Node, Zone);
}
