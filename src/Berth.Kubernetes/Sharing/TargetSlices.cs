using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Sharing;

/// <summary>
/// Where a target's slices come from: a list and watch of its own at first, and from the moment its namespace is watched as a whole, that
/// one. One caller at a time, but <see cref="Move"/>, which anybody may call.
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

    /// <summary>Whose they are.</summary>
    public ServiceTarget Target => target;

    /// <summary>The subscription of the whole namespace's watch, once there is one.</summary>
    public SliceSubscription? Shared => _shared;

    /// <summary>Goes over to the watch of the whole namespace.</summary>
    public void Move(SliceSubscription to)
    {
        _shared = to;
        // Not on this thread, which holds a lock: what a cancelled read goes on with is its own business.
        _left = _leaving.CancelAsync();
    }

    /// <summary>Waits for the next event.</summary>
    /// <param name="cancellationToken">The same at every call.</param>
    /// <exception cref="EndpointSourceException">There is trouble. Call again, after the delay it asks for or a longer one.</exception>
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
                // Whatever ended the watch of its own, it is no longer needed.
            }
        }

        Leave();
        return await _shared.NextAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the next event if it has already arrived.</summary>
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

    /// <summary>Gives the whole set again: what was given may not have been taken in.</summary>
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

    /// <summary>Gives up the list and watch of its own; what they told must not be taken back by a slower watch.</summary>
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
