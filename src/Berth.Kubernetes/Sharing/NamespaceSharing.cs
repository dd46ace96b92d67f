using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Sharing;

/// <summary>
/// Decides how the targets of a namespace are watched. A few have a list and watch each, which brings only their own slices; from the
/// <see cref="MostAlone"/>+1st on, all share one of the whole namespace, for which the same Role is enough.
/// </summary>
/// <remarks>
/// An API server carries some watches more without noticing, and a watch of the namespace also brings the slices of Services that no target
/// asked for. Where one process follows many, that is the smaller cost: each event reaches it once, over one stream, and is decoded with
/// one pool of names.
/// </remarks>
internal sealed class NamespaceSharing(
    Func<ServiceTarget, ListWatchReflector<SliceObject>> reflectTarget, Func<string, NamespaceSlices> reflectNamespace)
{
    /// <summary>How many targets of one namespace have a watch of their own.</summary>
    public const int MostAlone = 8;

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
            else if (group.Targets.Count > MostAlone)
                ShareAll(group, reflectNamespace(target.Namespace));
        }

        return slices;
    }

    /// <summary>A target is no longer followed. With the last one that shares it, a namespace's watch ends.</summary>
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

    /// <summary>The second target of one Service, with other ports, keeps a watch of its own.</summary>
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
