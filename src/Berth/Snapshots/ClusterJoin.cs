namespace Berth.Snapshots;

/// <summary>
/// Joins the snapshots of several clusters into one. The endpoints stay the same objects in the same runs, so it costs as many references
/// as there are runs, for any number of pods.
/// </summary>
internal static class ClusterJoin
{
    /// <summary>Returns one snapshot. It is stale while no cluster is live.</summary>
    /// <param name="target">The target.</param>
    /// <param name="ports">The scheme of its ports.</param>
    /// <param name="clusters">The clusters, the preferred first.</param>
    public static EndpointSnapshot Join(ServiceTarget target, PortScheme ports, IReadOnlyList<EndpointCluster> clusters)
    {
        List<EndpointChunk> chunks = [];
        List<LeftOutPod> leftOut = [];
        List<EndpointWarning> warnings = [];
        foreach (EndpointCluster cluster in clusters)
        {
            if (cluster.Served is not { } part)
                continue;
            chunks.AddRange(part.Endpoints.Chunks);
            leftOut.AddRange(part.LeftOut.Select(pod => pod with { Cluster = cluster.Name }));
            warnings.AddRange(part.Warnings.Select(
                warning => warning with { Detail = $"In cluster {cluster.Name}: {warning.Detail}" }));
        }

        EndpointSnapshot joined = new(target, ports, [.. chunks], [.. leftOut]) { Clusters = clusters, Warnings = [.. warnings] };
        return clusters.Any(static cluster => cluster.IsLive)
            ? joined
            : joined.AsStale(StaleSince(clusters), string.Join(' ', clusters.Select(Describe)));
    }

    // The whole is stale since the last of them became stale.
    private static DateTimeOffset StaleSince(IReadOnlyList<EndpointCluster> clusters) =>
        clusters.Max(static cluster => cluster.Snapshot?.StaleSince) ?? default;

    private static string Describe(EndpointCluster cluster) => $"Cluster {cluster.Name}: {cluster.Reason}";
}
