using System.Diagnostics.CodeAnalysis;
using Berth.Dns.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Berth.Dns.Discovery;

/// <summary>
/// The snapshots of one target: one reading after the other, each when the one before may no longer be believed. A reading that could not
/// find out everything gives what it has, with what was known before in place of the holes, and the next read says what failed.
/// </summary>
internal sealed class DnsEndpointStream(
    DnsEndpointSourceOptions options, ServiceReader reader, SnapshotAssembler assembler) : IEndpointStream
{
    // The share of a TTL that is waited on top at most, so that many clients do not ask in step. Asking early would only meet the same
    // cached answer.
    private const double Jitter = 0.1;

    private readonly Random _random = options.Random ?? SharedRandom();
    private readonly ILogger _logger = options.LoggerFactory.CreateLogger("Berth.Dns");
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

        // From here on a failure is answered at once the next time: the reader has its own delays between attempts.
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
