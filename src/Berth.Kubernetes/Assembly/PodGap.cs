using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>An endpoint that a slice stated and states no longer.</summary>
/// <param name="Left">The endpoint.</param>
/// <param name="Rank">The rank of that slice.</param>
internal readonly record struct PodGap(ISliceEndpoint Left, int Rank)
{
    /// <summary>
    /// True for an endpoint that takes its place: the same process in the same family, or with other conditions, so that more is known of
    /// it; or another process of the name that counts more. Neither a process that is about to end nor one that a slice of lower rank
    /// states, such as the copy of another cluster's slices, takes the place of a pod that is only on its way.
    /// </summary>
    public bool IsFilledBy(ISliceEndpoint other)
    {
        bool isOther = Left.UidValue.IsStated && other.UidValue.IsStated && Left.UidValue != other.UidValue;
        if (isOther)
            return other.Slice!.Rank < Rank || (other.Slice.Rank == Rank && !other.Terminating);
        bool isSame = Left.UidValue.IsStated && other.UidValue.IsStated;
        return (isSame || other.Slice!.Rank <= Rank)
            && (other.Family == Left.Family || other.Terminating || other.Ready != Left.Ready || other.Serving != Left.Serving);
    }

    /// <summary>True for an endpoint that may be of the same process. One that was written by hand may have no UID.</summary>
    public bool IsOfProcess(ISliceEndpoint other) =>
        !Left.UidValue.IsStated || !other.UidValue.IsStated || Left.UidValue == other.UidValue;
}
