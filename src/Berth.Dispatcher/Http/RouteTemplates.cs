namespace Berth.Dispatcher.Http;

/// <summary>The routes as metrics and activities name them.</summary>
internal static class RouteTemplates
{
    /// <summary>Returns the template of a route, or null for a path that is none.</summary>
    public static string? Of(Route route) => route switch
    {
        Route.Root => "/",
        Route.Endpoints => "/v1/endpoints/{namespace}/{service}",
        Route.Endpoint => "/v1/endpoints/{namespace}/{service}/{pod}",
        Route.Watch => "/v1/watch/{namespace}/{service}",
        Route.Targets => "/v1/targets",
        Route.Ping => "/v1/ping",
        Route.Go => "/v1/go/{namespace}/{service}/{pod}",
        Route.Document => "/openapi.json",
        Route.Health => "/healthz",
        Route.Ready => "/readyz",
        Route.Metrics => "/metrics",
        Route.Seats => "/v1/seats/{namespace}/{service}",
        Route.Seat => "/v1/seats/{namespace}/{service}/{reservation}",
        Route.Scale => "/v1/scale/{namespace}/{service}",
        Route.Allocation => "/gameserverallocation",
        Route.Page => "/ui/{file}",
        _ => null,
    };
}
