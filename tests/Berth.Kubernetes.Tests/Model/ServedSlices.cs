namespace Berth.Kubernetes.Model;

/// <summary>The slices of our Service; of all Services where the server ignores selectors.</summary>
internal sealed class ServedSlices(Cluster cluster, Habits habits, TimeProvider time) : ServedKind(time)
{
    public override IEnumerable<string> At(long version) => cluster.At(version).Values.Where(IsServed).Select(static s => s.ToJson());

    public override IEnumerable<ServedChange> Between(long after, long upTo)
    {
        foreach (ClusterChange change in cluster.Between(after, upTo))
        {
            bool was = change.Before is not null && IsServed(change.Before);
            bool isNow = change.After is not null && IsServed(change.After);
            if (isNow)
                yield return new ServedChange(change.Version, was ? "MODIFIED" : "ADDED", change.After!.ToJson());
            else if (was)
                yield return new ServedChange(
                    change.Version, "DELETED",
                    change.Before!.ToJson(habits.IsStale(change.Version) ? change.Before.Version : change.Version));
            else
                yield return new ServedChange(change.Version, null, "");
        }
    }

    public override string List(string version, string? next, IEnumerable<string> objects) => Json.ListWith(version, next, [.. objects]);

    public override string Stranger(long version) => new ClusterSlice("never-was", Cluster.Service, false, version, []).ToJson();

    private bool IsServed(ClusterSlice slice) => slice.IsOurs || habits.IgnoresSelector;
}
