using System.Net;
using System.Net.Sockets;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Builds one pod from all endpoints with its name.
/// Endpoints with one UID are one process, and the newest endpoint counts: a pod may be moving between slices, or one address family may be
/// updated before the other. Several UIDs are several processes with one name (after a forced deletion, or with a lost node). One of them
/// wins as a whole: one that is not terminating, then one that is ready, then the one in the newer slice. An endpoint without a UID
/// (written by hand) belongs to the process that it does not contradict. A slice of the Service's own controller counts before all others,
/// in any order of writes, because a copy of another cluster's slices contains pods with the same names. Of the copies of two clusters, the
/// one whose origin sorts first counts.
/// </summary>
internal static class PodMerge
{
    /// <summary>Returns the endpoint from which conditions, node and zone are taken.</summary>
    public static ISliceEndpoint Lead(in PodSources sources)
    {
        ISliceEndpoint? best = null;
        for (int i = 0; i < sources.Count; i++)
        {
            ISliceEndpoint candidate = sources[i];
            if (SpeaksForItself(sources, candidate) && (best is null || Outranks(candidate, best)))
                best = candidate;
        }

        return best ?? sources[0];
    }

    /// <summary>Returns the addresses of the leader's process, those of the given family first.</summary>
    public static IPAddress[] Addresses(in PodSources sources, ISliceEndpoint leader, AddressFamily first)
    {
        AddressFamily second = first == AddressFamily.InterNetwork ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        IPAddress? one = AddressOf(sources, leader, first);
        IPAddress? two = AddressOf(sources, leader, second);
        return one is null ? (two is null ? [] : [two]) : two is null ? [one] : [one, two];
    }

    /// <summary>
    /// True when the endpoint is in a slice that counts after the leader's, and contradicts the leader: it is another process, or has
    /// another address.
    /// </summary>
    public static bool IsShadowed(ISliceEndpoint endpoint, ISliceEndpoint leader) =>
        endpoint.Slice!.CompareOrigin(leader.Slice!) > 0
        && ((endpoint.UidValue.IsStated && leader.UidValue.IsStated && endpoint.UidValue != leader.UidValue)
            || (endpoint.Family == leader.Family && !Equals(endpoint.Address, leader.Address)));

    /// <summary>True for the newest endpoint of each process. The other endpoints describe an earlier state of it.</summary>
    private static bool SpeaksForItself(in PodSources sources, ISliceEndpoint candidate)
    {
        for (int i = 0; i < sources.Count; i++)
        {
            ISliceEndpoint other = sources[i];
            if (ReferenceEquals(other, candidate))
                continue;
            bool silenced = candidate.UidValue.IsStated || !other.UidValue.IsStated
                ? IsSameProcess(candidate, other) && IsLater(other, candidate)
                : !AreApart(sources);
            if (silenced)
                return false;
        }

        return true;
    }

    /// <summary>
    /// True when two endpoints are one process: they have the same UID, or both have none and no different addresses in one family.
    /// </summary>
    private static bool IsSameProcess(ISliceEndpoint left, ISliceEndpoint right) => left.UidValue.IsStated || right.UidValue.IsStated
        ? left.UidValue == right.UidValue
        : left.Family != right.Family || Equals(left.Address, right.Address);

    /// <summary>
    /// True when an endpoint without a UID and one with a UID have different addresses in one family. All endpoints without a UID are then
    /// another process, in both families.
    /// </summary>
    private static bool AreApart(in PodSources sources)
    {
        for (int i = 0; i < sources.Count; i++)
        {
            if (!sources[i].UidValue.IsStated && Contradicts(sources, sources[i]))
                return true;
        }

        return false;
    }

    private static bool Contradicts(in PodSources sources, ISliceEndpoint nameless)
    {
        for (int i = 0; i < sources.Count; i++)
        {
            ISliceEndpoint other = sources[i];
            if (other.UidValue.IsStated && other.Family == nameless.Family && !Equals(other.Address, nameless.Address))
                return true;
        }

        return false;
    }

    private static bool Outranks(ISliceEndpoint left, ISliceEndpoint right)
    {
        if (left.Slice!.CompareOrigin(right.Slice!) is var order and not 0)
            return order < 0;
        if (left.Terminating != right.Terminating)
            return right.Terminating;
        bool leftReady = left.Ready && left.Serving;
        bool rightReady = right.Ready && right.Serving;
        return leftReady != rightReady ? leftReady : IsLater(left, right);
    }

    private static bool IsLater(ISliceEndpoint left, ISliceEndpoint right)
    {
        if (left.Slice!.CompareOrigin(right.Slice!) is var order and not 0)
            return order < 0;
        if (left.Slice!.IsNewerThan(right.Slice!))
            return true;
        return !right.Slice!.IsNewerThan(left.Slice!) && CompareByContent(left, right) > 0;
    }

    /// <summary>
    /// Orders two endpoints that are equally new, perhaps in one slice. Any order is right if it is the same each time and for every
    /// client, so it must not depend on the order of events.
    /// </summary>
    private static int CompareByContent(ISliceEndpoint left, ISliceEndpoint right)
    {
        int order = string.CompareOrdinal(left.Slice!.Name, right.Slice!.Name);
        if (order == 0)
            order = string.CompareOrdinal(left.UidValue.ToString(), right.UidValue.ToString());
        return order != 0 ? order : string.CompareOrdinal(left.Address?.ToString(), right.Address?.ToString());
    }

    private static IPAddress? AddressOf(in PodSources sources, ISliceEndpoint leader, AddressFamily family)
    {
        if (leader.Family == family)
            return leader.Address;
        bool apart = AreApart(sources);
        ISliceEndpoint? best = null;
        for (int i = 0; i < sources.Count; i++)
        {
            ISliceEndpoint other = sources[i];
            bool same = other.UidValue == leader.UidValue || ((!other.UidValue.IsStated || !leader.UidValue.IsStated) && !apart);
            if (!same || other.Family != family)
                continue;
            bool closer = best is { UidValue.IsStated: false } && other.UidValue.IsStated;
            bool farther = best is { UidValue.IsStated: true } && !other.UidValue.IsStated;
            if (best is null || closer || (!farther && IsLater(other, best)))
                best = other;
        }

        return best?.Address;
    }
}
