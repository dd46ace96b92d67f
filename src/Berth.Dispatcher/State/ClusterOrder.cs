using Berth.Dispatcher.Http;

namespace Berth.Dispatcher.State;

/// <summary>The order in which a request uses clusters: the one that it names first, then the others in order of preference.</summary>
/// <param name="All">The clusters.</param>
/// <param name="Preferred">The name of the one that is asked for, or of the first.</param>
internal readonly record struct ClusterOrder(IReadOnlyList<EndpointCluster> All, string Preferred)
{
    private const string Parameter = "cluster";

    /// <summary>Returns the cluster that a query names, or null.</summary>
    public static string? NameIn(string query) =>
        query.Length > 0 && Query.Find(query, Parameter) is { Length: > 0 } name ? name : null;

    public static ClusterOrder Of(IReadOnlyList<EndpointCluster> clusters, string query)
    {
        if (NameIn(query) is not { } name)
            return new ClusterOrder(clusters, clusters[0].Name);
        return new ClusterOrder(
            [.. clusters.Where(cluster => IsIn(cluster.Name, name)), .. clusters.Where(cluster => !IsIn(cluster.Name, name))], name);
    }

    /// <summary>True for the cluster with a name, and for the clusters of a dispatcher with that name.</summary>
    public static bool IsIn(string? cluster, string name) => cluster is not null
        && cluster.StartsWith(name, StringComparison.Ordinal) && (cluster.Length == name.Length || cluster[name.Length] == '/');

    public bool IsPreferred(string cluster) => IsIn(cluster, Preferred);
}
