using System.Collections.Concurrent;

namespace Berth.Dispatcher.State;

/// <summary>
/// The pods of one target by zone, as snapshots that every picker accepts. They are created at the first request for a zone, once for each
/// state.
/// </summary>
internal sealed class ZoneSets
{
    // One for each cluster.
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>Returns the pods of a zone, or the whole snapshot where no pod of the zone is available.</summary>
    /// <param name="snapshot">The whole snapshot.</param>
    /// <param name="zone">The zone that a client asks for.</param>
    /// <param name="isFallback">True when the whole snapshot was returned.</param>
    public EndpointSnapshot Find(EndpointSnapshot snapshot, string zone, out bool isFallback)
    {
        EndpointSnapshot? own = KeptOf(snapshot).ByZone.GetValueOrDefault(zone);
        isFallback = own is null;
        return own ?? snapshot;
    }

    /// <summary>Returns the available pods by zone, in the order of their names; then those without a zone. Of each cluster.</summary>
    public IReadOnlyList<EndpointSnapshot> FindAll(EndpointSnapshot snapshot) => snapshot.Clusters.Count == 0
        ? KeptOf(snapshot).All
        : [.. snapshot.Clusters.SelectMany(cluster => cluster.Served is { } part ? KeptOf(part).All : [])];

    private Kept KeptOf(EndpointSnapshot snapshot)
    {
        // A snapshot that turns stale or live again shares its list.
        string cluster = snapshot.Endpoints.Count > 0 ? snapshot.Endpoints[0].Cluster ?? "" : "";
        if (!_kept.TryGetValue(cluster, out Kept? kept) || !ReferenceEquals(kept.Endpoints, snapshot.Endpoints))
            _kept[cluster] = kept = Create(snapshot);
        return kept;
    }

    private static Kept Create(EndpointSnapshot snapshot)
    {
        Dictionary<string, EndpointSnapshot> byZone = new(StringComparer.Ordinal);
        List<EndpointSnapshot> all = [];
        foreach (IGrouping<string?, PodEndpoint> zone in snapshot.Available.GroupBy(static endpoint => endpoint.Zone)
            .OrderBy(static zone => zone.Key is null).ThenBy(static zone => zone.Key, StringComparer.Ordinal))
        {
            EndpointSnapshot pods = EndpointSnapshot.Create(snapshot.Target, snapshot.Ports, zone);
            all.Add(pods);
            if (zone.Key is { } name)
                byZone.Add(name, pods);
        }

        return new Kept(snapshot.Endpoints, byZone, all);
    }

    private sealed record Kept(
        EndpointList Endpoints, Dictionary<string, EndpointSnapshot> ByZone, IReadOnlyList<EndpointSnapshot> All);
}
