using System.Text;
using Berth.Dispatcher.Documents;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Metrics;
using Berth.Dispatcher.Seats;
using Berth.Dispatcher.State;
using Berth.Dispatcher.Watching;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Routes;

/// <summary>Answers each route.</summary>
internal sealed class Router(
    DispatcherState state, WatchHubs hubs, MetricsExporter? exporter, RequestDurations? durations, ILogger logger, SeatService? seats,
    PageAnswer? page)
{
    private readonly EndpointsAnswer _endpoints = new(state);
    private readonly TargetsAnswer _targets = new(state);
    private readonly PingAnswer? _ping = state.Ping is { } target ? new PingAnswer(state, target) : null;
    private readonly WatchAnswer _watch = new(state, hubs, durations, logger);

    /// <param name="exchange">The request.</param>
    /// <param name="match">Its route.</param>
    /// <param name="started">The time at which it began, for a stream that outlives the request.</param>
    public ValueTask AnswerAsync(Exchange exchange, RouteMatch match, long started)
    {
        // Without seats their routes do not exist.
        if (match.Route is Route.Seats or Route.Seat or Route.Scale or Route.Allocation && seats is not null)
            return seats.AnswerAsync(exchange, match.Route, match.Parts);
        if (match.Route is Route.Seats or Route.Seat or Route.Scale or Route.Allocation || (match.Route == Route.Page && page is null))
            match = new RouteMatch(Route.Other, []);
        // OPTIONS * and CONNECT have no path.
        if ((match.Route != Route.Other || exchange.Request.Path.Length == 0) && !exchange.IsRead)
            return ProblemWriter.WriteAsync(exchange, Problem.MethodNotAllowed(exchange.Request.Method));
        string[] parts = match.Parts;
        return match.Route switch
        {
            Route.Health => WriteTextAsync(exchange, "ok\n"),
            Route.Ready =>
                state.IsReady
                    ? WriteTextAsync(exchange, "ready\n")
                    : ProblemWriter.WriteAsync(exchange, Problem.NotReady(state.NotReadyDetail)),
            Route.Metrics when exporter is not null => exchange.WriteWholeAsync(200, MetricsExporter.ContentType, exporter.Export()),
            Route.Endpoints => _endpoints.AnswerAllAsync(exchange, parts[0], parts[1]),
            Route.Document => WriteDocumentAsync(exchange),
            Route.Targets => _targets.AnswerAsync(exchange),
            Route.Ping when _ping is not null => _ping.AnswerAsync(exchange),
            Route.Go => _endpoints.RedirectAsync(exchange, parts),
            Route.Page => page!.AnswerAsync(exchange, parts.Length == 0 ? null : parts[0]),
            Route.Watch => _watch.AnswerAsync(exchange, parts[0], parts[1], started),
            Route.Endpoint => _endpoints.AnswerOneAsync(exchange, parts[0], parts[1], parts[2]),
            _ => ProblemWriter.WriteAsync(exchange, Problem.UnknownRoute(exchange.Request.Path)),
        };
    }

    private static ValueTask WriteDocumentAsync(Exchange exchange) => exchange.IsNotModified(OpenApiDocument.Tag)
        ? ValueTask.CompletedTask
        : exchange.WriteWholeAsync(200, Exchange.Json, OpenApiDocument.Bytes);

    private static ValueTask WriteTextAsync(Exchange exchange, string text) =>
        exchange.WriteWholeAsync(200, Exchange.PlainText, Encoding.UTF8.GetBytes(text));
}
