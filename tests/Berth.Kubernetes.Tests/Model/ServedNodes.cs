namespace Berth.Kubernetes.Model;

/// <summary>The nodes.</summary>
internal sealed class ServedNodes(Cluster cluster, Habits habits, TimeProvider time) : ServedKind(time)
{
    public override IEnumerable<string> At(long version) => cluster.NodesAt(version).Values.Select(static n => n.ToJson());

    public override IEnumerable<ServedChange> Between(
        long after, long upTo) => cluster.NodesBetween(after, upTo).Select(change => change.After is { } node
        ? new ServedChange(change.Version, change.Before is null ? "ADDED" : "MODIFIED", node.ToJson())
        : new ServedChange(
            change.Version, "DELETED", change.Before!.ToJson(habits.IsStale(change.Version) ? change.Before.Version : change.Version)));

    public override string List(string version, string? next, IEnumerable<string> objects) =>
        Json.NodeListWith(version, next, [.. objects]);

    public override string Stranger(long version) => new ClusterNode("never-was", version, []).ToJson();
}
