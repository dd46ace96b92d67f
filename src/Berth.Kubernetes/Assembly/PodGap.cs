using System.Net.Sockets;
using Berth.Kubernetes.Slices;
using Berth.Pods;

namespace Berth.Kubernetes.Assembly;

/// <summary>A process of a pod that a slice stated and states no longer.</summary>
/// <param name="Uid">The process. One that was written by hand may have no UID.</param>
/// <param name="Family">The family of the slice.</param>
/// <param name="Rank">The rank of the slice.</param>
internal readonly record struct PodGap(PodUid Uid, AddressFamily Family, int Rank)
{
    /// <summary>
    /// True for an endpoint that takes its place: the same process in the same family, or another process of the name that counts more.
    /// Neither a process that is about to end nor one that a slice of lower rank states, such as the copy of another cluster's slices,
    /// takes the place of a pod that is only on its way.
    /// </summary>
    public bool IsFilledBy(ISliceEndpoint other)
    {
        int rank = other.Slice!.Rank;
        if (!IsOf(other.UidValue))
            return rank < Rank || (rank == Rank && !other.Terminating);
        return other.Family == Family && (rank <= Rank || (Uid.IsStated && other.UidValue.IsStated));
    }

    /// <summary>True where both may be the same process.</summary>
    public bool IsOf(PodUid other) => !Uid.IsStated || !other.IsStated || Uid == other;
}
