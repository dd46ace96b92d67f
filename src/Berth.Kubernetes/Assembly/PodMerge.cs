using System.Net;
using System.Net.Sockets;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Merges the statements of several slices about one name into one pod. Endpoints with one UID are one process, and the newest is right: a
/// pod may be moving between slices, or one family may be updated before the other. Several UIDs are several processes under one name (a
/// forced deletion, a node that is cut off). One process wins completely: one that is not terminating, then one that is ready, then the one
/// from the newer slice. An endpoint without a UID (written by hand) belongs to the process that it does not contradict. A slice of the
/// Service's own controller has precedence over all others, even if they are newer, because a copy of another cluster's slices states pods
/// with the same names.
/// </summary>
internal static class PodMerge
{
    /// <summary>The endpoint whose conditions, node and zone count.</summary>
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

    /// <summary>Returns the addresses of the leader's process, with one family first.</summary>
    public static IPAddress[] Addresses(in PodSources sources, ISliceEndpoint leader, AddressFamily first)
    {
        AddressFamily second = first == AddressFamily.InterNetwork ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        IPAddress? one = AddressOf(sources, leader, first);
        IPAddress? two = AddressOf(sources, leader, second);
        return one is null ? (two is null ? [] : [two]) : two is null ? [one] : [one, two];
    }

    /// <summary>True for an endpoint of a slice of lower rank that differs from the leader: another process, or another address.</summary>
    public static bool IsShadowed(ISliceEndpoint endpoint, ISliceEndpoint leader) =>
        endpoint.Slice!.Rank > leader.Slice!.Rank
        && ((endpoint.UidValue.IsStated && leader.UidValue.IsStated && endpoint.UidValue != leader.UidValue)
            || (endpoint.Family == leader.Family && !Equals(endpoint.Address, leader.Address)));

    /// <summary>True for the newest endpoint of each process. The others are out of date.</summary>
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

    /// <summary>Both have a UID, or neither has: then one name has one address in a family.</summary>
    private static bool IsSameProcess(ISliceEndpoint left, ISliceEndpoint right) => left.UidValue.IsStated || right.UidValue.IsStated
        ? left.UidValue == right.UidValue
        : left.Family != right.Family || Equals(left.Address, right.Address);

    /// <summary>
    /// True when an endpoint without a UID and one with a UID state different addresses in one family. All endpoints without a UID are then
    /// another process, whatever they state in the other family.
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
        if (left.Slice!.Rank != right.Slice!.Rank)
            return left.Slice.Rank < right.Slice.Rank;
        if (left.Terminating != right.Terminating)
            return right.Terminating;
        bool leftReady = left.Ready && left.Serving;
        bool rightReady = right.Ready && right.Serving;
        return leftReady != rightReady ? leftReady : IsLater(left, right);
    }

    private static bool IsLater(ISliceEndpoint left, ISliceEndpoint right)
    {
        if (left.Slice!.Rank != right.Slice!.Rank)
            return left.Slice.Rank < right.Slice.Rank;
        if (left.Slice!.IsNewerThan(right.Slice!))
            return true;
        return !right.Slice!.IsNewerThan(left.Slice!) && CompareAnyhow(left, right) > 0;
    }

    /// <summary>
    /// Decides between two that are equally new, perhaps from one slice. The choice must be the same every time and for every client, so it
    /// does not depend on the order of arrival.
    /// </summary>
    private static int CompareAnyhow(ISliceEndpoint left, ISliceEndpoint right)
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
