using System.Diagnostics.Metrics;
using Berth.Checks;
using Berth.Logging;
using Berth.Remote.Following;
using Berth.Remote.Options;
using Berth.Remote.Transport;
using Berth.Remote.Wire;
using Microsoft.Extensions.Logging;

namespace Berth.Remote;

/// <summary>
/// Reads endpoints from dispatchers (service A), for clients without access to the Kubernetes API: it follows <c>/v1/watch</c> of the first
/// one that answers, and the next one when that ends. A snapshot is as old, and as stale, as the dispatcher says.
/// </summary>
/// <remarks>
/// The ports are those of the client's port scheme, which the dispatcher must state too; under <see cref="PortScheme.FromService"/> they
/// are those that the dispatcher states. docs/http-api.md describes the stream.
/// </remarks>
public sealed class RemoteEndpointSource : IEndpointSource, IAsyncDisposable
{
    /// <summary>The name of the meter when none is given.</summary>
    public const string MeterName = "Berth.Remote";

    private readonly RemoteEndpointSourceOptions _options;
    private readonly Uri[] _dispatchers;
    private readonly Meter _meter;
    private readonly ILogger _logger;
    private readonly DispatcherClient _client;
    private readonly DispatcherPaths _paths = new();
    private bool _disposed;

    /// <summary>Creates a source. It sends no request before a stream is read.</summary>
    /// <param name="dispatchers">
    /// The addresses of the dispatchers, at least one, each once, in the order in which they are asked: <c>http://HOST:PORT</c> or
    /// <c>https://HOST:PORT</c>, with the path in front of <c>/v1</c> where there is one.
    /// </param>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// An address is not valid, or options are outside their ranges; the message names all faults.
    /// </exception>
    public RemoteEndpointSource(IReadOnlyList<string> dispatchers, RemoteEndpointSourceOptions? options = null)
    {
        _options = options ?? new RemoteEndpointSourceOptions();
        List<string> faults = [];
        _dispatchers = DispatcherAddress.Parse(dispatchers, faults);
        faults.AddRange(_options.FindFaults());
        OptionFaults.Throw(faults, nameof(dispatchers));
        _meter = _options.Meter ?? new Meter(MeterName);
        _logger = _options.LoggerFactory.CreateSafeLogger(MeterName);
        _client = new DispatcherClient(_options, _meter, _logger);
    }

    /// <summary>Finds all faults of addresses: one sentence for each. Empty when a source can be created with them.</summary>
    /// <param name="dispatchers">The addresses.</param>
    public static IReadOnlyList<string> FindFaults(IReadOnlyList<string> dispatchers)
    {
        List<string> faults = [];
        DispatcherAddress.Parse(dispatchers, faults);
        return faults;
    }

    /// <summary>
    /// The run ids of the dispatchers that the endpoints of a target come through, from the nearest to the one that reads the API. Empty
    /// before the first answer.
    /// </summary>
    /// <param name="target">The target.</param>
    public IReadOnlyList<string> FindDispatchers(ServiceTarget target) => _paths.Find(target);

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The source is disposed.</exception>
    public IEndpointStream Open(ServiceTarget target, PortScheme ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        ObjectDisposedException.ThrowIf(_disposed, this);
        DispatcherTurns turns = new(target, _dispatchers, _client, new WatchReader(target, ports, _options.Cluster), _logger);
        return new RemoteStream(target, _options, turns, _paths, new RemoteState(target, ports, _options.Cluster, _options.TimeProvider));
    }

    /// <summary>Disposes the source, and its meter if the source created it. Dispose the streams first.</summary>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        _client.Dispose();
        if (_options.Meter is null)
            _meter.Dispose();
        return ValueTask.CompletedTask;
    }
}
