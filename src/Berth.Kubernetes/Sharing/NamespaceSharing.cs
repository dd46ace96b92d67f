using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Sharing;

/// <summary>
/// Decides how the targets of a namespace are watched. Up to <see cref="MaxOwnWatches"/> targets have their own list and watch, which bring
/// only their own slices. With more targets, all share one list and watch of the whole namespace. The same Role is enough.
/// </summary>
/// <remarks>
/// A few more watches cost an API server almost nothing, and a watch of the namespace also brings slices of Services that no target needs.
/// For a process that follows many Services this is the smaller cost: each event arrives once, over one stream, and is decoded with one
/// pool of names.
/// </remarks>
internal sealed class NamespaceSharing(
    Func<ServiceTarget, ListWatchReflector<SliceObject>> reflectTarget, Func<string, NamespaceSlices> reflectNamespace)
{
    /// <summary>The number of targets of one namespace that can have their own watch.</summary>
    public const int MaxOwnWatches = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <summary>Opens the slices of a target.</summary>
    public TargetSlices Open(ServiceTarget target)
    {
        TargetSlices slices = new(target, reflectTarget, this);
        lock (_lock)
        {
            if (!_groups.TryGetValue(target.Namespace, out Group? group))
                _groups.Add(target.Namespace, group = new Group());
            group.Targets.Add(slices);
            if (group.Feed is not null)
                Share(group.Feed, slices);
            else if (group.Targets.Count > MaxOwnWatches)
                ShareAll(group, reflectNamespace(target.Namespace));
        }

        return slices;
    }

    /// <summary>Closes the slices of a released target. With the last target that shares it, the watch of the namespace ends.</summary>
    public async ValueTask CloseAsync(TargetSlices slices)
    {
        NamespaceSlices? unused = null;
        lock (_lock)
        {
            if (!_groups.TryGetValue(slices.Target.Namespace, out Group? group) || !group.Targets.Remove(slices))
                return;
            if (slices.Shared is { } subscription && group.Feed!.Unsubscribe(subscription))
                (unused, group.Feed) = (group.Feed, null);
            if (group.Targets.Count == 0)
                _groups.Remove(slices.Target.Namespace);
        }

        if (unused is not null)
            await unused.DisposeAsync().ConfigureAwait(false);
    }

    private static void ShareAll(Group group, NamespaceSlices feed)
    {
        group.Feed = feed;
        foreach (TargetSlices each in group.Targets)
            Share(feed, each);
    }

    /// <summary>Moves a target to the shared watch. A second target of one Service, with other ports, keeps its own watch.</summary>
    private static void Share(NamespaceSlices feed, TargetSlices slices)
    {
        if (feed.TrySubscribe(slices.Target.Service) is { } subscription)
            slices.Move(subscription);
    }

    private sealed class Group
    {
        public HashSet<TargetSlices> Targets { get; } = [];

        public NamespaceSlices? Feed { get; set; }
    }
}
