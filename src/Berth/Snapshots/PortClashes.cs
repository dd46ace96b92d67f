using System.Net;
using Berth.Pods;

namespace Berth.Snapshots;

/// <summary>
/// Finds the ports that several pods claim on one address, in one or more snapshots. A pod that belongs to two targets is one pod. A
/// terminating pod is about to release its port, so it does not clash. The same address in two clusters is two addresses.
/// </summary>
internal static class PortClashes
{
    public static PortClash[] Find(IReadOnlyCollection<EndpointSnapshot> snapshots)
    {
        HashSet<ulong> repeated = FindRepeated(snapshots);
        if (repeated.Count == 0)
            return [];
        Dictionary<(string? Cluster, IPAddress Address, int Port, string Protocol), List<(EndpointSnapshot Snapshot, PodEndpoint Pod)>>
            claims = [];
        foreach ((EndpointSnapshot snapshot, PodEndpoint pod, IPAddress address, EndpointPort port) in ClaimsOf(snapshots))
        {
            if (!repeated.Contains(KeyOf(pod, address, port)))
                continue;
            (string?, IPAddress, int, string) claim = (pod.Cluster, address, port.Number, port.Protocol);
            if (!claims.TryGetValue(claim, out List<(EndpointSnapshot, PodEndpoint Pod)>? pods))
                claims.Add(claim, pods = []);
            if (!pods.Exists(other => IsSamePod(other.Pod, pod)))
                pods.Add((snapshot, pod));
        }

        return [.. claims.Where(static c => c.Value.Count > 1).Select(static c => new PortClash(
            c.Key.Address, c.Key.Port, c.Key.Protocol,
            [.. c.Value.Select(static claim => new PortClaim(claim.Snapshot.Target, claim.Pod.Name)
            {
                Cluster = claim.Pod.Cluster,
            })]))];
    }

    /// <summary>
    /// Returns the keys that occur more than once. Usually there are none. The search then ends here, and for 100,000 pods it was only one
    /// sort of numbers.
    /// </summary>
    private static HashSet<ulong> FindRepeated(IReadOnlyCollection<EndpointSnapshot> snapshots)
    {
        List<ulong> keys = new(snapshots.Sum(static s => s.Endpoints.Count));
        foreach ((_, PodEndpoint pod, IPAddress address, EndpointPort port) in ClaimsOf(snapshots))
            keys.Add(KeyOf(pod, address, port));
        keys.Sort();
        HashSet<ulong> repeated = [];
        for (int i = 1; i < keys.Count; i++)
        {
            if (keys[i] == keys[i - 1])
                repeated.Add(keys[i]);
        }

        return repeated;
    }

    private static IEnumerable<(EndpointSnapshot Snapshot, PodEndpoint Pod, IPAddress Address, EndpointPort Port)> ClaimsOf(
        IReadOnlyCollection<EndpointSnapshot> snapshots)
    {
        foreach (EndpointSnapshot snapshot in snapshots)
        {
            foreach (PodEndpoint pod in snapshot.Endpoints)
            {
                if (pod.Terminating)
                    continue;
                foreach (IPAddress address in pod.Addresses)
                {
                    foreach (EndpointPort port in pod.Ports)
                        yield return (snapshot, pod, address, port);
                }
            }
        }
    }

    /// <summary>Returns a key for a claim. Equal claims have equal keys; different claims may have equal keys too.</summary>
    private static ulong KeyOf(PodEndpoint pod, IPAddress address, EndpointPort port) =>
        (((ulong)(uint)address.GetHashCode() << 32) | ((ulong)(uint)port.Number << 8) | port.Protocol[0])
            ^ (pod.Cluster is { } cluster ? KeyHash.Of(cluster) : 0);

    private static bool IsSamePod(PodEndpoint left, PodEndpoint right) =>
        left.Name == right.Name && left.Namespace == right.Namespace && left.Uid == right.Uid && left.Cluster == right.Cluster;
}
