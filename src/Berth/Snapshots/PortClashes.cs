using System.Net;
using Berth.Ports;

namespace Berth.Snapshots;

/// <summary>
/// Finds the ports that several pods claim on one address, in one or more snapshots. A pod that belongs to two targets is one pod. A
/// terminating pod is about to release its port, so it does not clash. The same address in two clusters is two addresses.
/// </summary>
internal static class PortClashes
{
    public static PortClash[] Find(IReadOnlyCollection<EndpointSnapshot> snapshots)
    {
        HashSet<uint> repeated = FindRepeated(snapshots);
        if (repeated.Count == 0)
            return [];
        Dictionary<(string? Cluster, IPAddress Address, int Port, string Protocol), List<(EndpointSnapshot Snapshot, PodEndpoint Pod)>>
            claims = [];
        foreach ((EndpointSnapshot snapshot, PodEndpoint pod) in PodsWith(repeated, snapshots))
        {
            foreach (IPAddress address in pod.Addresses)
            {
                foreach (EndpointPort port in pod.Ports)
                {
                    (string?, IPAddress, int, string) claim = (pod.Cluster, address, port.Number, port.Protocol);
                    if (!claims.TryGetValue(claim, out List<(EndpointSnapshot, PodEndpoint Pod)>? pods))
                        claims.Add(claim, pods = []);
                    if (!pods.Exists(other => IsSamePod(other.Pod, pod)))
                        pods.Add((snapshot, pod));
                }
            }
        }

        return [.. claims.Where(static c => c.Value.Count > 1).Select(static c => new PortClash(
            c.Key.Address, c.Key.Port, c.Key.Protocol,
            [.. c.Value.Select(static claim => new PortClaim(claim.Snapshot.Target, claim.Pod.Name)
            {
                Cluster = claim.Pod.Cluster,
            })]))];
    }

    /// <summary>
    /// Returns the keys that occur more than once. If there are none, the search ends here, and for 100,000 pods it was only one sort of
    /// numbers.
    /// </summary>
    private static HashSet<uint> FindRepeated(IReadOnlyCollection<EndpointSnapshot> snapshots)
    {
        using ClaimKeys keys = new(snapshots.Sum(static s => s.Endpoints.Count));
        foreach (EndpointSnapshot snapshot in snapshots)
        {
            foreach (PodEndpoint pod in snapshot.Endpoints)
            {
                if (!pod.Terminating)
                    pod.AddClaims(keys);
            }
        }

        return keys.FindRepeated();
    }

    /// <summary>
    /// Returns the pods with a claim of these keys. Two claims of 100,000 often have one key without a clash, so this pass too creates
    /// nothing for the other pods.
    /// </summary>
    private static List<(EndpointSnapshot Snapshot, PodEndpoint Pod)> PodsWith(
        HashSet<uint> repeated, IReadOnlyCollection<EndpointSnapshot> snapshots)
    {
        List<(EndpointSnapshot, PodEndpoint)> pods = [];
        using ClaimKeys keys = new(1);
        foreach (EndpointSnapshot snapshot in snapshots)
        {
            foreach (PodEndpoint pod in snapshot.Endpoints)
            {
                if (pod.Terminating)
                    continue;
                keys.Clear();
                pod.AddClaims(keys);
                if (keys.ContainsAny(repeated))
                    pods.Add((snapshot, pod));
            }
        }

        return pods;
    }

    private static bool IsSamePod(PodEndpoint left, PodEndpoint right) =>
        left.Name == right.Name && left.Namespace == right.Namespace && left.Uid == right.Uid && left.Cluster == right.Cluster;
}
