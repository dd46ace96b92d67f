using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Sharing;

/// <summary>
/// The source of a target's slices: first its own list and watch, and later the shared watch of its namespace, if there is one. One caller
/// at a time, except for <see cref="Move"/>, which is safe from any thread.
/// </summary>
internal sealed class TargetSlices(
    ServiceTarget target, Func<ServiceTarget, ListWatchReflector<SliceObject>> reflect, NamespaceSharing sharing) : IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private ListWatchReflector<SliceObject>? _own;
    private CancellationTokenSource? _either;
    private volatile SliceSubscription? _shared;
    private Task _left = Task.CompletedTask;
    private string? _seen;

    /// <summary>The target.</summary>
    public ServiceTarget Target => target;

    /// <summary>The subscription to the shared watch, after the move.</summary>
    public SliceSubscription? Shared => _shared;

    /// <summary>Moves to the shared watch of the namespace.</summary>
    public void Move(SliceSubscription to)
    {
        _shared = to;
        // Do not cancel on this thread, which has a lock: the continuation of a cancelled read could need it.
        _left = _leaving.CancelAsync();
    }

    /// <summary>Waits for the next event.</summary>
    /// <param name="cancellationToken">The same token at every call.</param>
    /// <exception cref="EndpointSourceException">
    /// A list or watch failed. Call again, after the delay that it asks for or a longer one.
    /// </exception>
    public async ValueTask<ReflectorEvent<SliceObject>> NextAsync(CancellationToken cancellationToken)
    {
        if (_shared is null)
        {
            _own ??= reflect(target);
            _either ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _leaving.Token);
            try
            {
                ReflectorEvent<SliceObject> happened = await _own.NextAsync(_either.Token).ConfigureAwait(false);
                _seen = happened.Version;
                return happened;
            }
            catch (Exception) when (_shared is not null && !cancellationToken.IsCancellationRequested)
            {
                // The target's own watch is no longer needed, so the reason of its end does not matter.
            }
        }

        Leave();
        return await _shared.NextAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the next event if it has already arrived.</summary>
    public bool TryNext(out ReflectorEvent<SliceObject>? happened)
    {
        if (_own is not null)
        {
            happened = null;
            if (!_own.TryNext(out happened))
                return false;
            _seen = happened!.Version;
            return true;
        }

        happened = null;
        return _shared is not null && _shared.TryNext(out happened);
    }

    /// <summary>Returns the whole set again, because the caller may have lost an event.</summary>
    public void Restart()
    {
        _own?.Restart();
        _shared?.Restart();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await sharing.CloseAsync(this).ConfigureAwait(false);
        await _left.ConfigureAwait(false);
        _own?.Dispose();
        _either?.Dispose();
        _leaving.Dispose();
    }

    /// <summary>Abandons the target's own list and watch. A slower shared watch must not take back what they reported.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_shared))]
    private void Leave()
    {
        SliceSubscription shared = _shared!;
        if (_own is not null)
        {
            shared.NotOlderThan(_seen);
            _own.Dispose();
            _own = null;
        }

        _shared = shared;
    }
}
