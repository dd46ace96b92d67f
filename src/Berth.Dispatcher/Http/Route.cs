namespace Berth.Dispatcher.Http;

/// <summary>The routes, as metrics name them.</summary>
internal enum Route
{
    Root,
    Endpoints,
    Endpoint,
    Watch,
    Targets,
    Ping,
    Go,
    Document,
    Health,
    Ready,
    Metrics,
    Seats,
    Seat,
    Scale,
    Allocation,
    Page,
    Other,
}
