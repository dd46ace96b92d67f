using System.Diagnostics.Metrics;
using Berth.Dispatcher.Access;
using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Metrics;
using Berth.Dispatcher.Seats;
using Berth.Dispatcher.Server;
using Berth.Dispatcher.State;
using Berth.Dispatcher.Tls;
using Berth.Dispatcher.Watching;
using Berth.Logging;
using Berth.Seats;
using Berth.Seats.Keys;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher;

/// <summary>Service A: an HTTP server that returns the address of one pod to each client, from memory.</summary>
/// <remarks>
/// It uses Kestrel without the web host: no container, no middleware, no routing table. It answers <c>GET /</c> before it looks at other
/// routes.
/// </remarks>
public sealed class DispatcherServer : IAsyncDisposable
{
    private readonly Listeners _listeners;
    private readonly DispatcherState _state;
    private readonly WatchHubs _hubs;
    private readonly DispatcherOptions _options;
    private readonly MetricsExporter _exporter;
    private readonly ClashLog _clashes;
    private readonly ReloadLoop? _reloads;
    private readonly ChangeStep? _change;
    private readonly SeatService? _seats;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _stopLock = new();
    private Task? _stopped;

    private DispatcherServer(
        Listeners listeners, DispatcherState state, WatchHubs hubs, DispatcherOptions options, MetricsExporter exporter, ClashLog clashes,
        ReloadLoop? reloads, ChangeStep? change, SeatService? seats, TimeProvider time, ILogger logger)
    {
        _listeners = listeners;
        _state = state;
        _hubs = hubs;
        _options = options;
        _exporter = exporter;
        _clashes = clashes;
        _reloads = reloads;
        _change = change;
        _seats = seats;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// The addresses that the server listens on, such as <c>http://127.0.0.1:8000</c>, with the actual port where port 0 was given.
    /// </summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>The addresses of <see cref="DispatcherOptions.AdminUrls"/>, with the actual port where port 0 was given.</summary>
    public IReadOnlyList<string> AdminAddresses { get; private set; } = [];

    /// <summary>
    /// Follows the targets and listens. It does not wait for the first snapshot; until that arrives the server answers, and is not ready.
    /// </summary>
    /// <param name="directory">The source of endpoints. The caller keeps it, and disposes it after this server.</param>
    /// <param name="options">The targets, addresses and limits.</param>
    /// <param name="loggers">The loggers of this server and of Kestrel.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meter">
    /// The meter of this server, whose instruments <c>GET /metrics</c> shows. Give the directory and its source the same meter, so that
    /// their instruments show too. Measurements that were pushed before this call do not show.
    /// </param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="DispatcherStartException">An option has a fault, or the server cannot listen on an address.</exception>
    public static async Task<DispatcherServer> StartAsync(
        EndpointDirectory directory, DispatcherOptions options, ILoggerFactory loggers, TimeProvider time, Meter meter,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(meter);
        if (options.FindFaults() is { Count: > 0 } faults)
            throw new DispatcherStartException(string.Join(" ", faults));

        ILogger logger = loggers.CreateSafeLogger("Berth.Dispatcher");
        ServerTls? tls = options.Tls is null ? null : new ServerTls(options.Tls, meter, time, logger);
        RequestGate? gate = RequestGate.TryCreate(options, meter, time, logger);
        // Read the keys before anything runs, because they may have faults.
        SeatKeyFile? keys = ReadKeys(options, time, logger);
        // Created before the targets are followed, so that it sees the first counts of the sources.
        RequestDurations durations = new(meter, time);
        MetricsExporter exporter = new(meter, logger, durations);
        DispatcherState state = new(directory, options, time);
        WatchHubs hubs = new(state, logger);
        DispatcherMetrics.Observe(meter, state, time);
        // No request is plain if each request must pass checks, or if answers contain seats.
        PlainRequests? plain = gate is null && options.Seats is null && options.AnswersPlainRequests
            ? new PlainRequests(new PlainAnswers(state, durations), options.KeepAliveTimeout)
            : null;
        Listeners listeners = new(options, tls, gate?.Clients, plain, time, new KestrelLoggers(loggers));
        ClashLog clashes = new(state.FindClashes, time, logger);
        ChangeStep? change = options.ReadChange is null ? null : new ChangeStep(options, state, hubs, gate, logger);
        ReloadLoop? reloads = ReloadLoop.TryStart(tls, gate, change, meter, time, logger);
        SeatService? seats = keys is null ? null : new SeatService(state, options.Seats!, keys, meter, logger);
        DispatcherServer server = new(listeners, state, hubs, options, exporter, clashes, reloads, change, seats, time, logger);
        try
        {
            bool hasAdmin = options.AdminUrls.Count > 0;
            DispatcherApplication application = new(
                state, hubs, durations, exporter, logger, gate, seats, hasPage: !hasAdmin && options.Page == true);
            DispatcherApplication admin = hasAdmin
                ? new DispatcherApplication(state, hubs, durations, exporter, logger, null, seats, hasPage: options.Page ?? true)
                : application;
            await listeners.StartAsync(application, admin, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await server.ReleaseAsync().ConfigureAwait(false);
            throw;
        }

        server.Addresses = listeners.Addresses;
        server.AdminAddresses = listeners.AdminAddresses;
        Log.Listening(logger, string.Join(", ", server.Addresses), server._state.TargetNames);
        if (server.AdminAddresses.Count > 0)
            Log.AdminListening(logger, string.Join(", ", server.AdminAddresses));
        return server;
    }

    /// <summary>
    /// Stops the server: it becomes unready at once, still serves for <see cref="DispatcherOptions.ShutdownDelay"/>, then stops accepting,
    /// gives requests in progress <see cref="DispatcherOptions.ShutdownGrace"/> to end, and cuts the rest. A second call waits for the
    /// first.
    /// </summary>
    /// <param name="cancellationToken">Ends the delay and the grace early. The server stops in any case.</param>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        lock (_stopLock)
            return _stopped ??= StopOnceAsync(cancellationToken);
    }

    /// <summary>Stops the server without the delay and the grace, unless it is stopped already.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);

    private static SeatKeyFile? ReadKeys(DispatcherOptions options, TimeProvider time, ILogger logger)
    {
        try
        {
            return options.Seats is null ? null : new SeatKeyFile(options.Seats.KeyFile, time, logger);
        }
        catch (SeatKeyException exception)
        {
            throw new DispatcherStartException(exception.Message, exception);
        }
    }

    private async Task StopOnceAsync(CancellationToken hurry)
    {
        _state.BeginShutdown();
        Log.Stopping(_logger, _options.ShutdownDelay.TotalSeconds, _options.ShutdownGrace.TotalSeconds);
        if (_options.ShutdownDelay > TimeSpan.Zero)
            await Task.Delay(_options.ShutdownDelay, _time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _hubs.EndAsync().ConfigureAwait(false);
        // Clients that wait in line would delay the end.
        if (_seats is not null)
            await _seats.EndLinesAsync().ConfigureAwait(false);
        using (CancellationTokenSource limit = new(_options.ShutdownGrace, _time))
        using (CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, hurry))
            await _listeners.StopAsync(both.Token).ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        Log.Stopped(_logger);
    }

    private async Task ReleaseAsync()
    {
        if (_seats is not null)
            await _seats.DisposeAsync().ConfigureAwait(false);
        await _clashes.DisposeAsync().ConfigureAwait(false);
        if (_reloads is not null)
            await _reloads.DisposeAsync().ConfigureAwait(false);
        if (_change is not null)
            await _change.DisposeAsync().ConfigureAwait(false);
        _listeners.Dispose();
        _exporter.Dispose();
        _state.Dispose();
    }
}
