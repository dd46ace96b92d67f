using System.Net.Sockets;
using Berth.Kubernetes.Slices;
using Berth.Pods;

namespace Berth.Kubernetes.Assembly;

/// <summary>A process of a pod that a slice stated before and does not state now.</summary>
/// <param name="Uid">The UID of the process. A pod that was written by hand may have none.</param>
/// <param name="Family">The family of the slice.</param>
/// <param name="Rank">The rank of the slice.</param>
internal readonly record struct PodGap(PodUid Uid, AddressFamily Family, int Rank)
{
    /// <summary>
    /// True for an endpoint that replaces the missing one: the same process in the same family, or another process of the name that counts
    /// more. A terminating process does not replace a pod that may be moving between slices. Nor does one from a slice of lower rank, such
    /// as the copy of another cluster's slices.
    /// </summary>
    public bool IsFilledBy(ISliceEndpoint other)
    {
        int rank = other.Slice!.Rank;
        if (!IsOf(other.UidValue))
            return rank < Rank || (rank == Rank && !other.Terminating);
        return other.Family == Family && (rank <= Rank || (Uid.IsStated && other.UidValue.IsStated));
    }

    /// <summary>True when both may be the same process.</summary>
    public bool IsOf(PodUid other) => !Uid.IsStated || !other.IsStated || Uid == other;
}
