using Berth.Signals;

namespace Berth.Sources;

/// <summary>One target's snapshots with cordoned pods. When the list changes, it returns the last snapshot again.</summary>
internal sealed class CordonStream(
    ServiceTarget target, IEndpointStream inner, Latest<CordonList> lists, TimeProvider time) : IEndpointStream
{
    private readonly CancellationTokenSource _closing = new();
    private Task<EndpointSnapshot>? _next;
    private EndpointSnapshot? _read;
    private EndpointSnapshot? _given;
    private CordonList _with = CordonList.Empty;

    // While the source fails, the last snapshot is stale since this time, for this reason.
    private (DateTimeOffset Since, string Reason)? _failure;

    /// <inheritdoc/>
    public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            CordonList list = lists.Value;
            if (_read is not null && !ReferenceEquals(list, _with))
                return Give(_read, list);
            _next ??= inner.ReadAsync(_closing.Token).AsTask();
            await Task.WhenAny(_next, lists.WaitAsync(list)).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!_next.IsCompleted)
                continue;
            Task<EndpointSnapshot> done = _next;
            _next = null;
            try
            {
                EndpointSnapshot snapshot = await done.ConfigureAwait(false);
                _failure = null;
                return Give(snapshot, lists.Value);
            }
            catch (Exception exception) when (!_closing.IsCancellationRequested)
            {
                _failure ??= (time.GetUtcNow(), EndpointSourceException.Of(target, exception).Message);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_next is not null)
            await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await inner.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private EndpointSnapshot Give(EndpointSnapshot snapshot, CordonList list)
    {
        // The same instance means that the source confirms the snapshot.
        if (ReferenceEquals(snapshot, _read) && ReferenceEquals(list, _with) && _failure is null && _given is { IsStale: var stale }
            && stale == snapshot.IsStale)
            return _given;
        (_read, _with) = (snapshot, list);
        EndpointSnapshot next = list.Apply(snapshot);
        return _given = _failure is { } failure && !next.IsStale ? next.AsStale(failure.Since, failure.Reason) : next;
    }
}
