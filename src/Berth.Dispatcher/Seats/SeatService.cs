using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.State;
using Berth.Seats.Clients;
using Berth.Seats.Keys;
using Berth.Seats.Tls;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Seats;

/// <summary>The seats of all targets of a dispatcher, and their routes.</summary>
internal sealed class SeatService : IAsyncDisposable
{
    private readonly DispatcherState _state;
    private readonly SeatContext _context;
    private readonly Dictionary<ServiceTarget, SeatTarget> _targets;
    private readonly AllocationAnswers _allocations;

    [SuppressMessage("ApiDesign", "RS0030",
        Justification = "The shared instance is the only lock-free source for many threads; tests give their own.")]
    public SeatService(DispatcherState state, DispatcherSeatOptions options, SeatKeyFile keys, Meter meter, ILogger logger)
    {
        _state = state;
        DeskTrust? trust = options.DeskCaFile is { } cas ? new DeskTrust(cas, options.DeskName, state.Time, logger) : null;
        _context = new SeatContext(
            options, SeatDeskClient.CreateHttp(options.AttemptTimeout, trust), keys, options.Random ?? Random.Shared, state.Time, logger,
            trust);
        ServedTarget[] targets = [.. state.Targets.Where(target => target.View.Target != state.Ping)];
        _targets = targets.ToDictionary(static target => target.View.Target, target => new SeatTarget(target, _context));
        foreach (ServedTarget target in targets)
            target.Seats = _targets[target.View.Target];
        _allocations = new AllocationAnswers(_targets, _context, state.TargetNames);
        SeatMetrics.Observe(meter, _targets.Values);
    }

    /// <summary>Answers a request of one of the routes of seats.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="route">The route.</param>
    /// <param name="parts">
    /// Nothing for allocations. Otherwise namespace and service; then perhaps the reservation, and <c>renew</c>.
    /// </param>
    public ValueTask AnswerAsync(Exchange exchange, Route route, string[] parts)
    {
        if (route == Route.Allocation)
            return _allocations.AnswerAsync(exchange);
        string method = exchange.Request.Method;
        string allow = route switch
        {
            Route.Seats => "GET, HEAD, POST",
            Route.Seat => parts.Length == 4 ? "POST" : "DELETE",
            _ => "GET, HEAD",
        };
        if (!allow.Split(", ").Contains(method, StringComparer.Ordinal))
            return ProblemWriter.WriteAsync(exchange, SeatProblems.MethodNotAllowed(method, allow));
        if (!ServiceTarget.TryParse($"{parts[0]}/{parts[1]}", out ServiceTarget name, out string? fault))
            return ProblemWriter.WriteAsync(exchange, Problem.MalformedTarget(fault));
        if (!_targets.TryGetValue(name, out SeatTarget? target))
            return ProblemWriter.WriteAsync(exchange, Problem.UnknownTarget(name, _state.TargetNames));
        SeatAnswers answers = new(target, _context);
        return route switch
        {
            Route.Scale => SeatPages.WriteScaleAsync(exchange, target),
            Route.Seats when exchange.IsRead => SeatPages.WriteAllAsync(exchange, target),
            Route.Seats => answers.ReserveAsync(exchange),
            _ => answers.AnswerOneAsync(exchange, parts[2], renew: parts.Length == 4),
        };
    }

    /// <summary>Tells the clients in line that this dispatcher stops.</summary>
    public async Task EndLinesAsync()
    {
        foreach (SeatTarget target in _targets.Values)
            await target.Line.EndAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SeatTarget target in _targets.Values)
            await target.DisposeAsync().ConfigureAwait(false);
        _context.Http.Dispose();
    }
}
