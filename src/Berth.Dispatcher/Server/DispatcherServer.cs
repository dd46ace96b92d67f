using System.Diagnostics.Metrics;
using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Metrics;
using Berth.Dispatcher.Server;
using Berth.Dispatcher.State;
using Berth.Dispatcher.Watching;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher;

/// <summary>Service A: an HTTP server that hands each client the address of one pod, from memory.</summary>
/// <remarks>
/// It is Kestrel without the web host around it: no container, no middleware, no routing table. <c>GET /</c> is answered before anything
/// else is looked at.
/// </remarks>
public sealed class DispatcherServer : IAsyncDisposable
{
    private readonly KestrelServer _kestrel;
    private readonly DispatcherState _state;
    private readonly WatchHubs _hubs;
    private readonly DispatcherOptions _options;
    private readonly MetricsExporter _exporter;
    private readonly ClashLog _clashes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _stopLock = new();
    private Task? _stopped;

    private DispatcherServer(
        KestrelServer kestrel, DispatcherState state, WatchHubs hubs, DispatcherOptions options, MetricsExporter exporter, ClashLog clashes,
        TimeProvider time, ILogger logger)
    {
        _kestrel = kestrel;
        _state = state;
        _hubs = hubs;
        _options = options;
        _exporter = exporter;
        _clashes = clashes;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// The addresses that are listened on, with the ports that were found where 0 was asked for, such as <c>http://127.0.0.1:8000</c>.
    /// </summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>Follows the targets and listens. It does not wait for a first snapshot: until then it answers, and is not ready.</summary>
    /// <param name="directory">Where endpoints come from. It stays the caller's, who disposes it after this server.</param>
    /// <param name="options">What to serve, and where.</param>
    /// <param name="loggers">Where this server and Kestrel log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meter">
    /// Where this server counts, and whose instruments <c>GET /metrics</c> shows. Give the directory and its source the same one, so that
    /// theirs show as well. What was counted by pushed instruments before this call does not show.
    /// </param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="DispatcherStartException">An option is wrong, or an address cannot be listened on.</exception>
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

        ILogger logger = loggers.CreateLogger("Berth.Dispatcher");
        // Before anything is followed, so that the sources' first counts are seen.
        MetricsExporter exporter = new(meter, logger);
        DispatcherState state = new(directory, options, time);
        WatchHubs hubs = new(state, logger);
        RequestCounts counts = new(meter);
        DispatcherMetrics.Observe(meter, state, time);
        KestrelServer kestrel = KestrelSetup.Create(options, new KestrelLoggers(loggers));
        ClashLog clashes = new(state.FindClashes, time, logger);
        DispatcherServer server = new(kestrel, state, hubs, options, exporter, clashes, time, logger);
        try
        {
            await kestrel.StartAsync(
                new DispatcherApplication(state, hubs, counts, exporter, logger), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await clashes.DisposeAsync().ConfigureAwait(false);
            kestrel.Dispose();
            exporter.Dispose();
            state.Dispose();
            if (exception is OperationCanceledException)
                throw;
            throw KestrelSetup.Explain(options, exception);
        }

        server.Addresses = [.. kestrel.Features.Get<IServerAddressesFeature>()!.Addresses];
        Log.Listening(logger, string.Join(", ", server.Addresses), string.Join(", ", options.Targets.Select(static t => t.Target)));
        return server;
    }

    /// <summary>
    /// Is unready at once, goes on serving for <see cref="DispatcherOptions.ShutdownDelay"/>, stops accepting, lets what is in flight end
    /// within
    /// <see cref="DispatcherOptions.ShutdownGrace"/>, and cuts the rest. A second call waits for the first.
    /// </summary>
    /// <param name="cancellationToken">Cuts the delay and the grace short; the server is stopped all the same.</param>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        lock (_stopLock)
            return _stopped ??= StopOnceAsync(cancellationToken);
    }

    /// <summary>Stops, where that has not been done, without the delay and the grace.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);

    private async Task StopOnceAsync(CancellationToken hurry)
    {
        _state.BeginShutdown();
        Log.Stopping(_logger, _options.ShutdownDelay.TotalSeconds, _options.ShutdownGrace.TotalSeconds);
        if (_options.ShutdownDelay > TimeSpan.Zero)
            await Task.Delay(_options.ShutdownDelay, _time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _hubs.EndAsync().ConfigureAwait(false);
        using (CancellationTokenSource limit = new(_options.ShutdownGrace, _time))
        using (CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, hurry))
            await _kestrel.StopAsync(both.Token).ConfigureAwait(false);
        await _clashes.DisposeAsync().ConfigureAwait(false);
        _kestrel.Dispose();
        _exporter.Dispose();
        _state.Dispose();
        Log.Stopped(_logger);
    }
}
