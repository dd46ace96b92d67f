using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Sharing;

/// <summary>One Service in the watch of a namespace. The feed's lock protects it.</summary>
internal sealed class SharedService
{
    /// <summary>Its slices. Most Services have one.</summary>
    public List<SliceObject> Slices { get; } = new(1);

    /// <summary>
    /// The target that follows it, or null. Only one can follow, because a target's table takes over the slices and writes to them.
    /// </summary>
    public SliceSubscription? Subscription { get; set; }

    /// <summary>Stores a slice in place of its earlier state.</summary>
    public void Put(SliceObject slice, SliceObject? before)
    {
        int at = before is null ? -1 : Slices.IndexOf(before);
        if (at < 0)
            Slices.Add(slice);
        else
            Slices[at] = slice;
        Subscription?.Changed(slice.Name, slice);
    }

    /// <summary>Removes a slice.</summary>
    public void Remove(SliceObject slice)
    {
        Slices.Remove(slice);
        Subscription?.Changed(slice.Name, null);
    }
}
