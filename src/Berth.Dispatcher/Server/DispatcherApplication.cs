using Berth.Dispatcher.Access;
using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Metrics;
using Berth.Dispatcher.Routes;
using Berth.Dispatcher.Seats;
using Berth.Dispatcher.State;
using Berth.Dispatcher.Watching;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Server;

/// <summary>
/// The application that Kestrel calls for each request. It answers <c>GET /</c> itself and gives everything else to the router.
/// </summary>
internal sealed class DispatcherApplication(
    DispatcherState state, WatchHubs hubs, RequestCounts counts, MetricsExporter? exporter, ILogger logger,
    RequestGate? gate = null, SeatService? seats = null, bool hasPage = false)
    : IHttpApplication<IFeatureCollection>
{
    private readonly RootAnswer _root = new(state, counts);
    private readonly Router _router = new(state, hubs, exporter, counts, logger, seats, hasPage ? new PageAnswer(seats is not null) : null);

    // Kestrel's features are the context; no HttpContext is created.
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public Task ProcessRequestAsync(IFeatureCollection context)
    {
        Exchange exchange = new(context);
        if (gate is not null)
            return AnswerGuardedAsync(exchange, RouteMatch.Of(exchange.Request.Path), gate);
        if (exchange.Request.Path == "/" && exchange.IsRead)
            return AnswerRoot(exchange);
        return AnswerOthersAsync(exchange, RouteMatch.Of(exchange.Request.Path));
    }

    /// <summary>Answers a request whose route another router has found.</summary>
    public Task AnswerAsync(Exchange exchange, RouteMatch match) =>
        match.Route == Route.Root && exchange.IsRead ? AnswerRoot(exchange) : AnswerOthersAsync(exchange, match);

    private Task AnswerGuardedAsync(Exchange exchange, RouteMatch match, RequestGate gate)
    {
        try
        {
            if (gate.Check(exchange, match) is not { } answer)
                return AnswerAsync(exchange, match);
            counts.Add(match.Route, answer.Status);
            exchange.CloseIf(state.IsStopping);
            exchange.Response.StatusCode = answer.Status;
            return answer.Problem is { } problem ? ProblemWriter.WriteAsync(exchange, problem).AsTask() : Task.CompletedTask;
        }
        catch (Exception exception)
        {
            return FailAsync(exchange, match.Route, exception);
        }
    }

    private Task AnswerRoot(Exchange exchange)
    {
        try
        {
            return _root.AnswerAsync(exchange);
        }
        catch (Exception exception)
        {
            return FailAsync(exchange, Route.Root, exception);
        }
    }

    private async Task AnswerOthersAsync(Exchange exchange, RouteMatch match)
    {
        Route route = match.Route;
        try
        {
            exchange.CloseIf(state.IsStopping);
            await _router.AnswerAsync(exchange, match).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (exchange.Aborted.IsCancellationRequested)
        {
            // The client went away.
        }
        catch (Exception exception)
        {
            await FailAsync(exchange, route, exception).ConfigureAwait(false);
            return;
        }

        // A stream counts itself when it ends.
        if (route != Route.Watch || !exchange.HasStream)
            counts.Add(route, exchange.Response.StatusCode);
    }

    private async Task FailAsync(Exchange exchange, Route route, Exception exception)
    {
        Log.RequestFailed(logger, exchange.Request.Method, exchange.Request.Path, exception);
        counts.Add(route, 500);
        // After the first bytes, only a cut connection tells the client that the answer is incomplete.
        if (exchange.Response.HasStarted)
            exchange.Abort();
        else
            await ProblemWriter.WriteAsync(exchange, Problem.Internal()).ConfigureAwait(false);
    }
}
