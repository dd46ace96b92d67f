using System.Diagnostics;
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
/// <param name="state">The state that all requests share.</param>
/// <param name="hubs">The hubs of watchers.</param>
/// <param name="durations">The durations of requests, or null in a program whose own server measures them.</param>
/// <param name="exporter">The metrics, or null where there is no <c>/metrics</c>.</param>
/// <param name="logger">The logger of failures.</param>
/// <param name="gate">The checks before an answer, or null for none.</param>
/// <param name="seats">The seats, or null without them.</param>
/// <param name="hasPage">True where the page for operators is served.</param>
internal sealed class DispatcherApplication(
    DispatcherState state, WatchHubs hubs, RequestDurations? durations, MetricsExporter? exporter, ILogger logger,
    RequestGate? gate = null, SeatService? seats = null, bool hasPage = false)
    : IHttpApplication<IFeatureCollection>
{
    private readonly RootAnswer _root = new(state);

    private readonly Router _router =
        new(state, hubs, exporter, durations, logger, seats, hasPage ? new PageAnswer(seats is not null) : null);

    // Kestrel's features are the context; no HttpContext is created.
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public Task ProcessRequestAsync(IFeatureCollection context)
    {
        long started = durations?.Now ?? 0;
        Exchange exchange = new(context);
        if (RequestActivity.IsWanted)
            return AnswerTracedAsync(exchange, RouteMatch.Of(exchange.Request.Path), started);
        if (gate is null && exchange.Request.Path == "/" && exchange.IsRead)
            return AnswerRoot(exchange, started);
        return AnswerAnyAsync(exchange, RouteMatch.Of(exchange.Request.Path), started);
    }

    /// <summary>Answers a request whose route another router has found.</summary>
    public Task AnswerAsync(Exchange exchange, RouteMatch match) => AnswerAsync(exchange, match, durations?.Now ?? 0);

    private async Task AnswerTracedAsync(Exchange exchange, RouteMatch match, long started)
    {
        // The activity of a watch ends when its stream starts, because the client has its answer then.
        using Activity? activity = RequestActivity.Start(exchange, match.Route);
        await AnswerAnyAsync(exchange, match, started).ConfigureAwait(false);
        RequestActivity.Tell(activity, exchange.Response.StatusCode);
    }

    private Task AnswerAnyAsync(Exchange exchange, RouteMatch match, long started) =>
        gate is null ? AnswerAsync(exchange, match, started) : AnswerGuardedAsync(exchange, match, gate, started);

    private Task AnswerAsync(Exchange exchange, RouteMatch match, long started) =>
        match.Route == Route.Root && exchange.IsRead ? AnswerRoot(exchange, started) : AnswerOthersAsync(exchange, match, started);

    private Task AnswerGuardedAsync(Exchange exchange, RouteMatch match, RequestGate gate, long started)
    {
        try
        {
            if (gate.Check(exchange, match) is not { } answer)
                return AnswerAsync(exchange, match, started);
            exchange.CloseIf(state.IsStopping);
            exchange.Response.StatusCode = answer.Status;
            Task sent = answer.Problem is { } problem ? ProblemWriter.WriteAsync(exchange, problem).AsTask() : Task.CompletedTask;
            End(exchange, match.Route, answer.Status, started);
            return sent;
        }
        catch (Exception exception)
        {
            return FailAsync(exchange, match.Route, exception, started);
        }
    }

    private Task AnswerRoot(Exchange exchange, long started)
    {
        try
        {
            Task sent = _root.AnswerAsync(exchange);
            if (!sent.IsCompletedSuccessfully)
                return AwaitRootAsync(exchange, sent, started);
            End(exchange, Route.Root, exchange.Response.StatusCode, started);
            return Task.CompletedTask;
        }
        catch (Exception exception)
        {
            return FailAsync(exchange, Route.Root, exception, started);
        }
    }

    private async Task AwaitRootAsync(Exchange exchange, Task sent, long started)
    {
        try
        {
            await sent.ConfigureAwait(false);
            End(exchange, Route.Root, exchange.Response.StatusCode, started);
        }
        catch (Exception exception)
        {
            await FailAsync(exchange, Route.Root, exception, started).ConfigureAwait(false);
        }
    }

    private async Task AnswerOthersAsync(Exchange exchange, RouteMatch match, long started)
    {
        Route route = match.Route;
        try
        {
            exchange.CloseIf(state.IsStopping);
            await _router.AnswerAsync(exchange, match, started).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (exchange.Aborted.IsCancellationRequested)
        {
            // The client went away.
        }
        catch (Exception exception)
        {
            await FailAsync(exchange, route, exception, started).ConfigureAwait(false);
            return;
        }

        // A stream is counted when it ends.
        if (route != Route.Watch || !exchange.HasStream)
            End(exchange, route, exchange.Response.StatusCode, started);
    }

    private async Task FailAsync(Exchange exchange, Route route, Exception exception, long started)
    {
        Log.RequestFailed(logger, exchange.Request.Method, exchange.Request.Path, exception);
        End(exchange, route, 500, started);
        // After the first bytes, only a cut connection tells the client that the answer is incomplete.
        if (exchange.Response.HasStarted)
            exchange.Abort();
        else
            await ProblemWriter.WriteAsync(exchange, Problem.Internal()).ConfigureAwait(false);
    }

    private void End(Exchange exchange, Route route, int status, long started) =>
        durations?.Add(route, exchange.Request.Method, exchange.Request.Scheme, status, started);
}
