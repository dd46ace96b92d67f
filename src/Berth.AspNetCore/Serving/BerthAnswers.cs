using System.Diagnostics.Metrics;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Routes;
using Berth.Dispatcher.Server;
using Berth.Dispatcher.State;
using Berth.Dispatcher.Watching;
using Berth.Logging;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Route = Berth.Dispatcher.Http.Route;

namespace Berth.AspNetCore.Serving;

/// <summary>Service A's answers for one prefix of a program, for as long as the program runs.</summary>
internal sealed class BerthAnswers
{
    public const string MeterName = "Berth.AspNetCore";

    private readonly DispatcherApplication _application;

    public BerthAnswers(string prefix, BerthRouteOptions options, IServiceProvider services)
    {
        EndpointDirectory directory = options.Directory ?? services.GetService<EndpointDirectory>() ?? throw new InvalidOperationException(
            "MapBerth finds no EndpointDirectory. Register one in the services, or give it in BerthRouteOptions.Directory.");
        TimeProvider time = options.TimeProvider ?? services.GetService<TimeProvider>() ?? TimeProvider.System;
        ILoggerFactory loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        ILogger logger = loggers.CreateSafeLogger(MeterName);
        // Without the tag, the instruments of a second prefix would be those of the first one.
        MeterOptions named = new(MeterName) { Tags = [new("berth.prefix", prefix)] };
        Meter meter = services.GetService<IMeterFactory>()?.Create(named) ?? new Meter(named);
        DispatcherState state = new(directory, options.ToDispatcher(), time);
        WatchHubs hubs = new(state, logger);
        DispatcherMetrics.Observe(meter, state, time);
        _application = new DispatcherApplication(state, hubs, durations: null, exporter: null, logger);
        ClashLog clashes = new(state.FindClashes, time, logger);
        // The program waits for open requests when it stops: the streams have to end first.
        services.GetService<IHostApplicationLifetime>()?.ApplicationStopping.Register(() => Stop(state, hubs, clashes));
    }

    /// <summary>
    /// Answers a request by its path behind the prefix. ASP.NET has only chosen the route: letters and slashes count as in service A.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="segments">How many segments of the route's pattern are service A's, and not the prefix's.</param>
    public Task AnswerAsync(HttpContext context, int segments)
    {
        int prefix = ((RouteEndpoint)context.GetEndpoint()!).RoutePattern.PathSegments.Count - segments;
        string path = context.Request.Path.Value ?? "";
        int at = 0;
        for (int i = 0; i < prefix && at >= 0; i++)
            at = path.IndexOf('/', Math.Min(at + 1, path.Length));
        string rest = at < 0 ? "" : path[at..];
        RouteMatch match = RouteMatch.Of(rest.Length == 0 ? "/" : rest);
        // Service A's document has its own paths. The program describes these routes in its own document.
        if (match.Route == Route.Document)
            match = new RouteMatch(Route.Other, []);
        return _application.AnswerAsync(new Exchange(context.Features), match);
    }

    private static void Stop(DispatcherState state, WatchHubs hubs, ClashLog clashes)
    {
        state.BeginShutdown();
        hubs.EndAsync().GetAwaiter().GetResult();
        clashes.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
