using System.Runtime.CompilerServices;
using Berth.Yarp.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Berth.Yarp.Resolving;

/// <summary>
/// The destinations that are no pods, from the resolver that was there before. When it fails after the start, its last answer stays: the
/// proxy would otherwise ignore every change for five minutes, of pods too, because all clusters are resolved together.
/// </summary>
internal sealed class OtherDestinations : IDisposable
{
    /// <summary>The time after a failure until the proxy is told to resolve again.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly ConditionalWeakTable<object, ResolvedDestinationCollection> _last = [];
    private readonly IDestinationResolver _others;
    private readonly ChangeSignal _signal;
    private readonly ILogger _logger;
    private readonly ITimer _retry;

    public OtherDestinations(IDestinationResolver others, ChangeSignal signal, TimeProvider time, ILogger logger)
    {
        _others = others;
        _signal = signal;
        _logger = logger;
        _retry = time.CreateTimer(
            static signal => ((ChangeSignal)signal!).Change(), signal, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Resolves the destinations of a cluster that are no pods.</summary>
    /// <param name="cluster">All destinations of the cluster: the same object for as long as the configuration does not change.</param>
    /// <param name="destinations">Those that are no pods.</param>
    /// <param name="isStarted">False while the proxy starts: a failure then ends the start, as without this package.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<ResolvedDestinationCollection> ResolveAsync(
        object cluster, IReadOnlyDictionary<string, DestinationConfig> destinations, bool isStarted, CancellationToken cancellationToken)
    {
        IChangeToken changed = _signal.Token;
        try
        {
            ResolvedDestinationCollection found =
                await _others.ResolveDestinationsAsync(destinations, cancellationToken).ConfigureAwait(false);
            _last.AddOrUpdate(cluster, found);
            return found;
        }
        catch (Exception exception) when (isStarted && !cancellationToken.IsCancellationRequested)
        {
            bool isKnown = _last.TryGetValue(cluster, out ResolvedDestinationCollection? last);
            Log.OthersFailed(
                _logger, string.Join(", ", destinations.Keys), isKnown ? "Their last addresses stay" : "Their names are used as they are",
                exception);
            _retry.Change(RetryAfter, Timeout.InfiniteTimeSpan);
            return new ResolvedDestinationCollection(isKnown ? last!.Destinations : destinations, changed);
        }
    }

    public void Dispose() => _retry.Dispose();
}
