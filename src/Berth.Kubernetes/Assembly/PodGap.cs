using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>What a slice stated of a pod, and states no longer.</summary>
/// <param name="Left">What it stated.</param>
/// <param name="Rank">The rank of that slice.</param>
internal readonly record struct PodGap(ISliceEndpoint Left, int Rank)
{
    /// <summary>
    /// True for an endpoint that takes its place: the same process in the same family, or with other conditions, so that more is known of
    /// it; or another process of the name. That one must not be terminating, nor come from a slice of lower rank: neither a pod that is
    /// about to end nor the copy of another cluster's slices takes the place of a pod that is only on its way.
    /// </summary>
    public bool IsFilledBy(ISliceEndpoint other)
    {
        bool isSame = Left.UidValue.IsStated && Left.UidValue == other.UidValue;
        if (!isSame && other.Slice!.Rank > Rank)
            return false;
        if (isSame || !Left.UidValue.IsStated || !other.UidValue.IsStated)
        {
            return other.Family == Left.Family || other.Terminating || other.Ready != Left.Ready || other.Serving != Left.Serving;
        }

        return !other.Terminating;
    }
}
