using System.Net;
using System.Net.Sockets;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Makes one pod of what several slices say of one name.
/// Endpoints with one UID are one process, and the newest of them is right: while a pod moves between slices, or one family is updated
/// before the other. Several UIDs are several processes under one name (a forced deletion, a node that is cut off): one wins whole, by not
/// terminating, then ready, then the newer slice. An endpoint without a UID (written by hand) belongs to the one it does not contradict.
/// A slice of the Service's own controller comes before any other, whichever was written last: a copy of another cluster's slices states
/// pods of the same names. Of the copies of two clusters the one whose origin sorts first counts.
/// </summary>
internal static class PodMerge
{
    /// <summary>The endpoint that tells conditions, node and zone.</summary>
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

    /// <summary>The addresses of the leader's process, those of one family first.</summary>
    public static IPAddress[] Addresses(in PodSources sources, ISliceEndpoint leader, AddressFamily first)
    {
        AddressFamily second = first == AddressFamily.InterNetwork ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        IPAddress? one = AddressOf(sources, leader, first);
        IPAddress? two = AddressOf(sources, leader, second);
        return one is null ? (two is null ? [] : [two]) : two is null ? [one] : [one, two];
    }

    /// <summary>
    /// True for an endpoint that a slice of lower rank or later origin states otherwise than the leader's: another process, or another
    /// address.
    /// </summary>
    public static bool IsShadowed(ISliceEndpoint endpoint, ISliceEndpoint leader) =>
        endpoint.Slice!.CompareOrigin(leader.Slice!) > 0
        && ((endpoint.UidValue.IsStated && leader.UidValue.IsStated && endpoint.UidValue != leader.UidValue)
            || (endpoint.Family == leader.Family && !Equals(endpoint.Address, leader.Address)));

    /// <summary>True for the newest endpoint of each process: the others say what it was before.</summary>
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

    /// <summary>Both with a UID, or both without: then one name has one address in a family.</summary>
    private static bool IsSameProcess(ISliceEndpoint left, ISliceEndpoint right) => left.UidValue.IsStated || right.UidValue.IsStated
        ? left.UidValue == right.UidValue
        : left.Family != right.Family || Equals(left.Address, right.Address);

    /// <summary>
    /// True when some endpoint without a UID states another address than one with a UID, in one family: then all that are without one are
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
        return !right.Slice!.IsNewerThan(left.Slice!) && CompareAnyhow(left, right) > 0;
    }

    /// <summary>
    /// Of two that are equally new, perhaps in one slice, the choice only has to be the same every time, and for every client: so it must
    /// not follow from the order in which they became known.
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
