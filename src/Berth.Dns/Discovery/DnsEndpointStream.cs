using System.Diagnostics.CodeAnalysis;
using Berth.Dns.Diagnostics;
using Berth.Logging;
using Microsoft.Extensions.Logging;

namespace Berth.Dns.Discovery;

/// <summary>
/// The snapshots of one target. The next reading starts when the previous one is no longer valid. An incomplete reading fills its gaps with
/// the last known data, and the next read reports the failure.
/// </summary>
internal sealed class DnsEndpointStream(
    DnsEndpointSourceOptions options, ServiceReader reader, SnapshotAssembler assembler) : IEndpointStream
{
    // The largest share of a TTL that is added to the wait, so that many clients do not ask at the same time. Asking early would only get
    // the same cached answer.
    private const double Jitter = 0.1;

    private readonly Random _random = options.Random ?? SharedRandom();
    private readonly ILogger _logger = options.LoggerFactory.CreateSafeLogger("Berth.Dns");
    private EndpointSnapshot? _last;
    private EndpointSourceException? _unsaid;
    private (long Since, TimeSpan For)? _believed;
    private bool? _searched;
    private IReadOnlyList<string> _unanswered = [];

    public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        SayFailure();
        await WaitUntilDueAsync(cancellationToken).ConfigureAwait(false);
        ServiceState state = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        EndpointSnapshot snapshot = assembler.Assemble(state);
        bool isNew = !ReferenceEquals(snapshot, _last);
        _last = snapshot;
        LogWay(state);
        _unsaid = state.Failure;
        if (!isNew)
            SayFailure();
        if (state.Failure is null)
            _believed = (options.TimeProvider.GetTimestamp(), Spread(state.Ttl));
        return snapshot;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void SayFailure()
    {
        if (Interlocked.Exchange(ref _unsaid, null) is { } failure)
            throw failure;
    }

    private async Task WaitUntilDueAsync(CancellationToken cancellationToken)
    {
        if (_believed is { } believed)
        {
            TimeSpan left = believed.For - options.TimeProvider.GetElapsedTime(believed.Since);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        // After a failure the next read asks at once, because the reader has its own delays between attempts.
        _believed = null;
    }

    private TimeSpan Spread(TimeSpan ttl)
    {
        TimeSpan within = ttl < options.MinTtl ? options.MinTtl : ttl > options.MaxTtl ? options.MaxTtl : ttl;
        return within * (1 + (_random.NextDouble() * Jitter));
    }

    private void LogWay(ServiceState state)
    {
        foreach (string unanswered in state.Unanswered.Where(sentence => !_unanswered.Contains(sentence, StringComparer.Ordinal)))
            Log.Unanswered(_logger, reader.Target, unanswered);
        _unanswered = state.Unanswered;
        bool searched = state.SearchedFor is not null;
        if ((state.Pods.Count == 0 && !(searched && state.Addresses.Count > 0)) || _searched == searched)
            return;
        _searched = searched;
        if (searched)
            Log.SearchedByOrdinal(_logger, reader.Target, reader.StatefulSet);
        else
            Log.NamedBySrv(_logger, reader.Target);
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "The default jitter; tests give their own.")]
    private static Random SharedRandom() => Random.Shared;
}
