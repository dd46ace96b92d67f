using System.Diagnostics.Metrics;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Routes;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Access;

/// <summary>Checks each request of the public addresses before it is answered. It exists only if an option needs it.</summary>
internal sealed class RequestGate
{
    private readonly ServiceTarget _first;
    private readonly bool _hidesAdmin;
    private readonly CrossOrigin? _origins;

    private RequestGate(DispatcherOptions options, Meter meter, TimeProvider time, ILogger logger)
    {
        _first = options.Targets[0].Target;
        _hidesAdmin = options.AdminUrls.Count > 0;
        _origins = options.CorsOrigins.Count > 0 ? new CrossOrigin(options.CorsOrigins) : null;
        Clients = ClientGate.IsNeeded(options) ? new ClientGate(options, meter, time) : null;
        Access = AsksWho(options) ? new AccessGate(options, meter, logger) : null;
    }

    /// <summary>Decides who may ask, or null when all may.</summary>
    public AccessGate? Access { get; }

    /// <summary>Counts the requests of each client, or null when nothing has a limit.</summary>
    public ClientGate? Clients { get; }

    /// <summary>Creates the gate, or returns null where no option needs it.</summary>
    /// <exception cref="DispatcherStartException">A file has a fault.</exception>
    public static RequestGate? TryCreate(DispatcherOptions options, Meter meter, TimeProvider time, ILogger logger) =>
        options.AdminUrls.Count > 0 || options.CorsOrigins.Count > 0 || AsksWho(options) || ClientGate.IsNeeded(options)
            ? new RequestGate(options, meter, time, logger)
            : null;

    /// <summary>
    /// Adds headers that every answer has. Returns null when the request may be answered, else the status that was set or the problem.
    /// </summary>
    public (int Status, Problem? Problem)? Check(Exchange exchange, RouteMatch match)
    {
        bool isPreflight = _origins is not null && _origins.AddHeaders(exchange);
        Problem? problem = Clients?.Check(exchange, match.Route);
        if (problem is null && isPreflight)
            return (204, null);
        problem ??= FindProblem(exchange, match);
        return problem is null ? null : (problem.Status, problem);
    }

    private static bool AsksWho(DispatcherOptions options) =>
        options.TokenFile is not null || options.Tls?.ClientCaFile is not null;

    private Problem? FindProblem(Exchange exchange, RouteMatch match)
    {
        bool isOfAdmin = match.Route is Route.Health or Route.Ready or Route.Metrics or Route.Page;
        if (isOfAdmin && _hidesAdmin)
            return Problem.HiddenRoute(exchange.Request.Path);
        // Probes have no token.
        if (Access is null || match.Route is Route.Health or Route.Ready)
            return null;
        if (Access.Find(exchange, out Problem? problem) is not { } caller)
            return problem;
        exchange.SetCaller(caller);
        return FindTarget(match) is { } target && !caller.MayAskFor(target) ? Problem.Forbidden(caller, target) : null;
    }

    /// <summary>Finds the target that a route is about, or null where there is none, or where its name is malformed.</summary>
    private ServiceTarget? FindTarget(RouteMatch match) =>
        match.Route == Route.Root ? _first
        : match.Parts.Length >= 2 && ServiceTarget.TryParse($"{match.Parts[0]}/{match.Parts[1]}", out ServiceTarget target, out _) ? target
        : null;
}
