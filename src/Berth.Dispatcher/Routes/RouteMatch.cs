using Berth.Dispatcher.Http;

namespace Berth.Dispatcher.Routes;

/// <summary>The route of a path. The routes are few and fixed, so the code lists them.</summary>
/// <param name="Route">The route.</param>
/// <param name="Parts">
/// The parts of the path that the route names: namespace, service, perhaps the pod or reservation, and the rest; or the file of the page.
/// </param>
internal readonly record struct RouteMatch(Route Route, string[] Parts)
{
    private const string EndpointsPrefix = "/v1/endpoints/";
    private const string WatchPrefix = "/v1/watch/";
    private const string GoPrefix = "/v1/go/";
    private const string SeatsPrefix = "/v1/seats/";
    private const string ScalePrefix = "/v1/scale/";

    private const string PagePrefix = "/ui/";

    public static RouteMatch Of(string path) => path switch
    {
        "/" => new RouteMatch(Route.Root, []),
        "/healthz" => new RouteMatch(Route.Health, []),
        "/readyz" => new RouteMatch(Route.Ready, []),
        "/metrics" => new RouteMatch(Route.Metrics, []),
        "/openapi.json" => new RouteMatch(Route.Document, []),
        "/gameserverallocation" => new RouteMatch(Route.Allocation, []),
        "/v1/targets" => new RouteMatch(Route.Targets, []),
        "/v1/ping" => new RouteMatch(Route.Ping, []),
        "/ui" => new RouteMatch(Route.Page, []),
        _ when path.StartsWith(PagePrefix, StringComparison.Ordinal) => new RouteMatch(Route.Page, [path[PagePrefix.Length..]]),
        _ when path.StartsWith(EndpointsPrefix, StringComparison.Ordinal) =>
            OfTarget(path[EndpointsPrefix.Length..].Split('/'), Route.Endpoints, Route.Endpoint),
        _ when path.StartsWith(WatchPrefix, StringComparison.Ordinal) =>
            OfTarget(path[WatchPrefix.Length..].Split('/'), Route.Watch, Route.Other),
        _ when path.StartsWith(GoPrefix, StringComparison.Ordinal) => OfGo(path[GoPrefix.Length..].Split('/', 4)),
        _ when path.StartsWith(SeatsPrefix, StringComparison.Ordinal) => OfSeats(path[SeatsPrefix.Length..].Split('/')),
        _ when path.StartsWith(ScalePrefix, StringComparison.Ordinal) =>
            OfTarget(path[ScalePrefix.Length..].Split('/'), Route.Scale, Route.Other),
        _ => new RouteMatch(Route.Other, []),
    };

    private static RouteMatch OfGo(string[] parts) =>
        parts.Length < 3 || Array.Exists(parts[..3], static p => p.Length == 0)
            ? new RouteMatch(Route.Other, [])
            : new RouteMatch(Route.Go, parts);

    // A reservation, or its renewal.
    private static RouteMatch OfSeats(string[] parts) => parts is [_, _, { Length: > 0 }, "renew"]
        ? OfTarget(parts[..3], Route.Other, Route.Seat) with { Parts = parts }
        : OfTarget(parts, Route.Seats, Route.Seat);

    private static RouteMatch OfTarget(string[] parts, Route whole, Route one)
    {
        if (Array.Exists(parts, static p => p.Length == 0))
            return new RouteMatch(Route.Other, []);
        return new RouteMatch(parts.Length == 2 ? whole : parts.Length == 3 ? one : Route.Other, parts);
    }
}
