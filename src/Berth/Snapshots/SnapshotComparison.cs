using Berth.Snapshots;

namespace Berth;

/// <summary>Compares two whole snapshots. There may be several steps between them, because consumers see states, not events.</summary>
public static class SnapshotComparison
{
    private static readonly EndpointList s_none = new([], availableOnly: false);

    /// <summary>Lists the pods that differ, in the order of the snapshots.</summary>
    /// <param name="after">The later snapshot.</param>
    /// <param name="before">The earlier snapshot, or null to have every pod joined.</param>
    public static IReadOnlyList<PodChange> CompareWith(this EndpointSnapshot after, EndpointSnapshot? before)
    {
        ArgumentNullException.ThrowIfNull(after);
        List<PodChange> changes = [];
        if (after.Clusters.Count == 0 && before is not { Clusters.Count: > 0 })
        {
            Add(changes, after.Endpoints, before?.Endpoints ?? s_none);
            return changes;
        }

        // Each cluster has its own order.
        IReadOnlyList<(string? Cluster, EndpointList Endpoints)> olds = PartsOf(before);
        IReadOnlyList<(string? Cluster, EndpointList Endpoints)> news = PartsOf(after);
        foreach ((_, EndpointList endpoints) in olds.Where(old => news.All(part => part.Cluster != old.Cluster)))
            Add(changes, s_none, endpoints);
        foreach ((string? cluster, EndpointList endpoints) in news)
        {
            EndpointList known = olds.FirstOrDefault(part => part.Cluster == cluster).Endpoints ?? s_none;
            if (!ReferenceEquals(known, endpoints))
                Add(changes, endpoints, known);
        }

        return changes;
    }

    private static IReadOnlyList<(string? Cluster, EndpointList Endpoints)> PartsOf(EndpointSnapshot? snapshot) =>
        snapshot is null ? []
        : snapshot.Clusters.Count == 0 ? [(null, snapshot.Endpoints)]
        : [.. snapshot.Clusters.Where(static cluster => cluster.Served is not null)
            .Select(static cluster => ((string?)cluster.Name, cluster.Served!.Endpoints))];

    private static void Add(List<PodChange> changes, EndpointList newEndpoints, EndpointList oldEndpoints)
    {
        EndpointList.Enumerator olds = oldEndpoints.GetEnumerator();
        EndpointList.Enumerator news = newEndpoints.GetEnumerator();
        bool hasOld = olds.MoveNext();
        bool hasNew = news.MoveNext();
        while (hasOld || hasNew)
        {
            int order = !hasOld ? 1 : !hasNew ? -1 : EndpointOrder.Compare(olds.Current, news.Current);
            if (order < 0)
                changes.Add(new PodChange(PodChangeKind.Left, olds.Current, null));
            else if (order > 0)
                changes.Add(new PodChange(PodChangeKind.Joined, null, news.Current));
            else if (!olds.Current.ContentEquals(news.Current))
                changes.Add(new PodChange(KindOf(olds.Current, news.Current), olds.Current, news.Current));
            if (order <= 0)
                hasOld = olds.MoveNext();
            if (order >= 0)
                hasNew = news.MoveNext();
        }
    }

    private static PodChangeKind KindOf(PodEndpoint before, PodEndpoint after)
    {
        if (!before.IsSameProcess(after))
            return PodChangeKind.Replaced;
        if (before.State == after.State)
            return PodChangeKind.Updated;
        return after.State switch
        {
            PodState.Ready => PodChangeKind.Ready,
            PodState.NotReady => PodChangeKind.NotReady,
            PodState.Cordoned => PodChangeKind.Cordoned,
            _ => PodChangeKind.Draining,
        };
    }
}
