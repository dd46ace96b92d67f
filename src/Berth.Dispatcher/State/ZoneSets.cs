namespace Berth.Dispatcher.State;

/// <summary>
/// The pods of one target by zone, as snapshots that every picker takes. They are made at the first request for a zone, once for each
/// state.
/// </summary>
internal sealed class ZoneSets
{
    private volatile Kept? _kept;

    /// <summary>Returns the pods of a zone, or the whole snapshot where no pod of the zone is available.</summary>
    /// <param name="snapshot">The whole snapshot.</param>
    /// <param name="zone">The zone that a client asks for.</param>
    /// <param name="isFallback">True when the whole snapshot was returned.</param>
    public EndpointSnapshot Find(EndpointSnapshot snapshot, string zone, out bool isFallback)
    {
        // A snapshot that turns stale or live again shares its list.
        if (_kept is not { } kept || !ReferenceEquals(kept.Endpoints, snapshot.Endpoints))
            _kept = kept = Create(snapshot);
        EndpointSnapshot? own = kept.ByZone.GetValueOrDefault(zone);
        isFallback = own is null;
        return own ?? snapshot;
    }

    private static Kept Create(EndpointSnapshot snapshot)
    {
        Dictionary<string, EndpointSnapshot> byZone = new(StringComparer.Ordinal);
        foreach (IGrouping<string?, PodEndpoint> zone in snapshot.Available.GroupBy(static endpoint => endpoint.Zone))
        {
            if (zone.Key is { } name)
                byZone.Add(name, EndpointSnapshot.Create(snapshot.Target, snapshot.Ports, zone));
        }

        return new Kept(snapshot.Endpoints, byZone);
    }

    private sealed record Kept(EndpointList Endpoints, Dictionary<string, EndpointSnapshot> ByZone);
}
