using System.Net;

namespace Berth;

/// <summary>Several pods that claim one port of one address: a client that connects there may reach any of them.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port, 1 to 65535.</param>
/// <param name="Protocol">The protocol, such as <c>TCP</c>.</param>
/// <param name="Pods">The names of the pods, at least two.</param>
public sealed record PortClash(IPAddress Address, int Port, string Protocol, IReadOnlyList<string> Pods)
{
    /// <summary>The clash as a sentence.</summary>
    public override string ToString() =>
        $"Pods {string.Join(" and ", Pods)} all claim {new IPEndPoint(Address, Port)}/{Protocol}. Give their StatefulSets base ports " +
        "that do not overlap.";
}
