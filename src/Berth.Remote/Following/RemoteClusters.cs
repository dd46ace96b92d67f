using Berth.Remote.Wire;
using Berth.Snapshots;

namespace Berth.Remote.Following;

/// <summary>The clusters of a dispatcher that follows several, as one snapshot.</summary>
internal sealed class RemoteClusters(ServiceTarget target, PortScheme ports, TimeProvider time)
{
    private readonly Dictionary<string, Confirmation> _confirmed = new(StringComparer.Ordinal);
    private EndpointSnapshot? _joined;

    /// <summary>Returns one snapshot of all clusters. While only the ages change, its content stays the same.</summary>
    /// <param name="stated">The clusters, the preferred first.</param>
    /// <param name="find">Finds the pods of a cluster.</param>
    public EndpointSnapshot Join(StatedCluster[] stated, Func<string, EndpointSnapshot> find)
    {
        EndpointCluster[] clusters = [.. stated.Select(cluster => Create(cluster, find))];
        bool isSame = _joined is not null && _joined.Clusters.Count == clusters.Length
            && !clusters.Where((cluster, i) => !cluster.IsSameAs(_joined.Clusters[i])).Any();
        return isSame ? _joined! : _joined = ClusterJoin.Join(target, ports, clusters);
    }

    private EndpointCluster Create(StatedCluster cluster, Func<string, EndpointSnapshot> find)
    {
        if (!_confirmed.TryGetValue(cluster.Name, out Confirmation? confirmed))
            _confirmed.Add(cluster.Name, confirmed = new Confirmation(time));
        confirmed.Set(cluster.Age);
        EndpointSnapshot? pods = cluster.IsListed ? find(cluster.Name) : null;
        EndpointSnapshot? stated = cluster.StaleSince is { } since ? pods?.AsStale(since, cluster.Reason ?? "") : pods;
        return new EndpointCluster(cluster.Name, stated, cluster.Reason, isTooStale: false, () => confirmed.Age);
    }

    /// <summary>The age of a cluster, which grows until its dispatcher states another one.</summary>
    private sealed class Confirmation(TimeProvider time)
    {
        private long _at;

        public TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref _at));

        public void Set(TimeSpan age) =>
            Volatile.Write(ref _at, time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency));
    }
}
