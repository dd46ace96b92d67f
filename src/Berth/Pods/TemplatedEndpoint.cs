using System.Net;

namespace Berth.Pods;

/// <summary>An endpoint with addresses, and a host name that a template makes each time it is read. No pod keeps a text for it.</summary>
internal sealed class TemplatedEndpoint(
    string name,
    string @namespace,
    IReadOnlyList<IPAddress> addresses,
    IReadOnlyList<EndpointPort> ports,
    int? ordinal,
    bool ready,
    bool serving,
    bool terminating,
    HostTemplate host)
    : ListedEndpoint(name, @namespace, addresses, ports, ordinal, ready, serving, terminating)
{
    public override string? Host => host.Expand(Name, Namespace, Node, Zone);
}
