using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Sharing;

/// <summary>
/// What one target has not yet heard of its slices. Changes gather here until it asks, the latest of each slice only, so that a target that never
/// asks costs no more than its slices.
/// </summary>
internal sealed class SliceSubscription(NamespaceSlices feed, string service, Lock guard)
{
    private readonly Dictionary<string, SliceObject?> _changed = new(StringComparer.Ordinal);
    private TaskCompletionSource? _arrived;
    private EndpointSourceException? _failure;
    private string? _notOlderThan;
    private bool _replaced = true;
    private bool _confirmed;

    /// <summary>Whose slices these are.</summary>
    public string Service => service;

    /// <summary>Waits for the next event.</summary>
    /// <exception cref="EndpointSourceException">The watch of the namespace is in trouble. It is told once, when that begins.</exception>
    public async ValueTask<ReflectorEvent<SliceObject>> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task arrived;
            lock (guard)
            {
                if (Take() is { } happened)
                    return happened;
                ThrowFailure();
                _arrived ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrived = _arrived.Task;
            }

            await arrived.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the next event if there is one already.</summary>
    public bool TryNext(out ReflectorEvent<SliceObject>? happened)
    {
        lock (guard)
            happened = Take();
        return happened is not null;
    }

    /// <summary>Gives nothing older than a version: the target has seen that by itself. Called before the first event is asked for.</summary>
    public void NotOlderThan(string? version)
    {
        lock (guard)
            _notOlderThan = version;
    }

    /// <summary>Everything is to be told anew. Called with the lock held, as all that follows.</summary>
    public void Replaced(bool wentBack)
    {
        _replaced = true;
        _changed.Clear();
        // Only a list without a version goes back, and then that is the truth.
        if (wentBack)
            _notOlderThan = null;
        Confirmed();
    }

    /// <summary>A slice is now so, or gone when null.</summary>
    public void Changed(string name, SliceObject? slice)
    {
        if (!_replaced)
            _changed[name] = slice;
        Signal();
    }

    /// <summary>All is known up to the feed's version.</summary>
    public void Confirmed()
    {
        _confirmed = true;
        _failure = null;
        Signal();
    }

    /// <summary>Trouble began.</summary>
    public void Failed(EndpointSourceException failure)
    {
        _failure = failure;
        Signal();
    }

    private void Signal()
    {
        _arrived?.SetResult();
        _arrived = null;
    }

    private ReflectorEvent<SliceObject>? Take()
    {
        if (feed.Version is not { } version || (_notOlderThan is { } seen && ResourceVersions.IsOlder(version, seen)))
            return null;
        _notOlderThan = null;
        if (_replaced)
        {
            _replaced = _confirmed = false;
            return new ReflectorEvent<SliceObject>.Replaced(feed.SlicesOf(service), version);
        }

        foreach ((string name, SliceObject? slice) in _changed)
        {
            _changed.Remove(name);
            _confirmed = false;
            return slice is null ? new ReflectorEvent<SliceObject>.Deleted(name, version) : new ReflectorEvent<SliceObject>.Applied(slice, version);
        }

        if (!_confirmed)
            return null;
        _confirmed = false;
        return new ReflectorEvent<SliceObject>.Confirmed(version);
    }

    private void ThrowFailure()
    {
        if (_failure is not { } failure)
            return;
        _failure = null;
        throw failure;
    }
}
