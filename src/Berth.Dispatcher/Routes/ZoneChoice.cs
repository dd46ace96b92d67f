using Berth.Dispatcher.Http;
using Berth.Dispatcher.State;

namespace Berth.Dispatcher.Routes;

/// <summary>The pods that a request chooses from: those of the zone in <c>?zone=</c>, or all.</summary>
/// <param name="Snapshot">The pods to choose from.</param>
/// <param name="IsFallback">
/// True when no pod of the zone is available, so that all pods are; false when they are of the zone; null without <c>?zone=</c>.
/// </param>
internal readonly record struct ZoneChoice(EndpointSnapshot Snapshot, bool? IsFallback)
{
    public const string Header = "Berth-Zone";

    public static ZoneChoice Of(ServedTarget target, EndpointSnapshot snapshot, string query)
    {
        if (Query.Find(query, "zone") is not { Length: > 0 } zone)
            return new ZoneChoice(snapshot, null);
        EndpointSnapshot found = target.Zones.Find(snapshot, zone, out bool isFallback);
        return new ZoneChoice(found, isFallback);
    }

    /// <summary>Says in a header which zone the chosen pod is in, and whether that is not what was asked for.</summary>
    public void Tell(Exchange exchange, PodEndpoint endpoint)
    {
        if (IsFallback is { } isFallback)
            exchange.Response.Headers[Header] = $"{endpoint.Zone ?? "unknown"}{(isFallback ? "; fallback" : "")}";
    }
}
