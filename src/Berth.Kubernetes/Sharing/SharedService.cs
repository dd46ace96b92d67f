using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Sharing;

/// <summary>What a namespace's watch knows of one Service. Guarded by the feed's lock.</summary>
internal sealed class SharedService
{
    /// <summary>Its slices.</summary>
    public List<SliceObject> Slices { get; } = [];

    /// <summary>The target that follows it, or null. One only: a target's table takes the slices over and writes to them.</summary>
    public SliceSubscription? Subscription { get; set; }

    /// <summary>Takes in a slice, in place of an earlier state of it.</summary>
    public void Put(SliceObject slice, SliceObject? before)
    {
        int at = before is null ? -1 : Slices.IndexOf(before);
        if (at < 0)
            Slices.Add(slice);
        else
            Slices[at] = slice;
        Subscription?.Changed(slice.Name, slice);
    }

    /// <summary>Takes one out.</summary>
    public void Remove(SliceObject slice)
    {
        Slices.Remove(slice);
        Subscription?.Changed(slice.Name, null);
    }
}
