using Berth.Dispatcher.Http;
using Berth.Dispatcher.State;

namespace Berth.Dispatcher.Routes;

/// <summary>
/// The pod that a request gets. With several clusters it is from the one in <c>?cluster=</c>, else from the first, or from the next one
/// that has such a pod. Inside the cluster it is from the zone in <c>?zone=</c>, if that has one.
/// </summary>
/// <param name="Picked">The pod, or null when none qualifies.</param>
/// <param name="Zone">The zone that was chosen from.</param>
/// <param name="IsClusterFallback">
/// True when it is from another cluster than the preferred one; null when only one cluster is followed.
/// </param>
internal readonly record struct PodChoice(PodEndpoint? Picked, ZoneChoice Zone, bool? IsClusterFallback)
{
    public const string Header = "Berth-Cluster";

    /// <summary>Chooses.</summary>
    /// <param name="target">The target.</param>
    /// <param name="snapshot">Its snapshot.</param>
    /// <param name="query">The query.</param>
    /// <param name="picker">The picker.</param>
    /// <param name="key">The key that decides alone, or null where the picker does.</param>
    public static PodChoice Of(ServedTarget target, EndpointSnapshot snapshot, string query, IEndpointPicker picker, string? key = null)
    {
        if (snapshot.Clusters.Count == 0)
        {
            ZoneChoice zone = ZoneChoice.Of(target, snapshot, query);
            return new PodChoice(Pick(zone.Snapshot, query, picker, key), zone, null);
        }

        ClusterOrder order = ClusterOrder.Of(snapshot.Clusters, query);
        foreach (EndpointCluster cluster in order.All)
        {
            if (cluster.Served is not { Available.Count: > 0 } part)
                continue;
            ZoneChoice zone = ZoneChoice.Of(target, part, query);
            if (Pick(zone.Snapshot, query, picker, key) is { } picked)
                return new PodChoice(picked, zone, !order.IsPreferred(cluster.Name));
        }

        return new PodChoice(null, new ZoneChoice(snapshot, null), null);
    }

    /// <summary>Says in headers which cluster and zone the chosen pod is in, and whether that is not what was asked for.</summary>
    public void Tell(Exchange exchange)
    {
        if (Picked is null)
            return;
        Zone.Tell(exchange, Picked);
        if (IsClusterFallback is { } isFallback)
            exchange.Response.Headers[Header] = $"{Picked.Cluster ?? "unknown"}{(isFallback ? "; fallback" : "")}";
    }

    private static PodEndpoint? Pick(EndpointSnapshot snapshot, string query, IEndpointPicker picker, string? key) =>
        key is null ? Choice.ByPicker(picker, snapshot, query) : Choice.ByKey(snapshot, key);
}
