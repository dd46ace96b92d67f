using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Detects slices that are no longer kept up to date. The controller stops writing them when the Service's selector is removed (a mirrored
/// slice then appears beside its own), and when the Service is deleted but its slices stay (they then have no owner). Every pod in them
/// stays ready permanently.
/// </summary>
internal sealed class SliceWatch
{
    // Nearly every Service has none, and there may be 10,000 targets.
    private SortedSet<string>? _ownerless;
    private SortedSet<string>? _mirrored;
    private int _controlled;

    /// <summary>The warning about the slices, or null.</summary>
    public EndpointWarning? Warning { get; private set; }

    /// <summary>Replaces the earlier state of a slice by the new one. Each may be null.</summary>
    public void Change(SliceObject? before, SliceObject? after)
    {
        if (before?.Manager == after?.Manager && before?.HasOwner == after?.HasOwner)
            return;
        if (before is not null)
            Count(before, -1);
        if (after is not null)
            Count(after, 1);
        Warning = Find();
    }

    private void Count(SliceObject slice, int difference)
    {
        bool isController = slice.Manager == SliceManager.Controller;
        if (isController)
            _controlled += difference;
        Put(ref _mirrored, slice, difference > 0 && slice.Manager == SliceManager.Mirroring);
        Put(ref _ownerless, slice, difference > 0 && isController && !slice.HasOwner);
    }

    private static void Put(ref SortedSet<string>? names, SliceObject slice, bool isIn)
    {
        if (isIn)
            (names ??= new SortedSet<string>(StringComparer.Ordinal)).Add(slice.Name);
        else
            names?.Remove(slice.Name);
    }

    private EndpointWarning? Find()
    {
        string mirrored = _mirrored is { Count: > 0 } && _controlled > 0
            ? $"The mirrored slices {NameList.Of(_mirrored)} exist together with the Service's own slices: its selector was removed, and "
                + "its own slices are not kept up to date any more. Their pods may be gone. Put the selector back, or delete them. "
            : "";
        string ownerless = _ownerless is { Count: > 0 }
            ? $"The slices {NameList.Of(_ownerless)} have no owner: their Service was deleted without them, and they are not kept up to "
                + "date any more. Their pods may be gone. Delete them. "
            : "";
        string all = (mirrored + ownerless).TrimEnd();
        return all.Length == 0 ? null : new EndpointWarning(EndpointWarningKind.FrozenSlices, all);
    }
}
