using Berth.Snapshots;

namespace Berth;

/// <summary>Compares two whole snapshots. There may be several steps between them, because consumers see states, not events.</summary>
public static class SnapshotComparison
{
    /// <summary>Lists the pods that differ, in the order of the snapshots.</summary>
    /// <param name="after">The later snapshot.</param>
    /// <param name="before">The earlier snapshot, or null to have every pod joined.</param>
    public static IReadOnlyList<PodChange> CompareWith(this EndpointSnapshot after, EndpointSnapshot? before)
    {
        ArgumentNullException.ThrowIfNull(after);
        List<PodChange> changes = [];
        EndpointList.Enumerator olds = before?.Endpoints.GetEnumerator() ?? new EndpointList([], availableOnly: false).GetEnumerator();
        EndpointList.Enumerator news = after.Endpoints.GetEnumerator();
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

        return changes;
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
