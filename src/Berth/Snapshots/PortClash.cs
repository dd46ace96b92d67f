using System.Net;

namespace Berth;

/// <summary>Several pods that claim the same port of one address. A client that connects there may reach any of them.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port, 1 to 65535.</param>
/// <param name="Protocol">The protocol, such as <c>TCP</c>.</param>
/// <param name="Claims">The pods that claim the port: at least two, which may belong to different targets.</param>
public sealed record PortClash(IPAddress Address, int Port, string Protocol, IReadOnlyList<PortClaim> Claims)
{
    /// <summary>The names of the pods.</summary>
    public IReadOnlyList<string> Pods => [.. Claims.Select(static claim => claim.Pod)];

    /// <summary>True when pods of different targets claim the port.</summary>
    public bool IsBetweenTargets => Claims.Any(claim => claim.Target != Claims[0].Target);

    /// <summary>The clash as a sentence.</summary>
    public override string ToString()
    {
        IEnumerable<string> pods = IsBetweenTargets ? Claims.Select(static claim => $"{claim.Pod} of {claim.Target}") : Pods;
        string cluster = Claims is [{ Cluster: { } name }, ..] ? $" in cluster {name}" : "";
        return $"Pods {string.Join(" and ", pods)} all claim {new IPEndPoint(Address, Port)}/{Protocol}{cluster}. "
            + "Give their StatefulSets base ports that do not overlap.";
    }
}
