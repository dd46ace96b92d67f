using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Sharing;

/// <summary>
/// A mailbox: the changes of one Service's slices that its target has not taken yet. It keeps only the latest state of each slice, so a
/// target that never reads costs no more than its slices. The feed writes to it under the lock.
/// </summary>
internal sealed class SliceSubscription(NamespaceSlices feed, string service, Lock guard)
{
    // Null until a slice changes, because there may be 10,000 targets.
    private Dictionary<string, SliceObject?>? _changed;
    private TaskCompletionSource? _arrived;
    private EndpointSourceException? _failure;
    private string? _notOlderThan;
    private News _news = News.All;
    private bool _isClosed;

    /// <summary>The news for the target besides changed slices. A later value includes the earlier ones.</summary>
    private enum News
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>Everything up to the feed's version is known.</summary>
        Confirmed,

        /// <summary>The whole set is new.</summary>
        All,
    }

    /// <summary>The Service of these slices.</summary>
    public string Service => service;

    private bool HasEvent => feed.Version is { } version && !(_notOlderThan is { } seen && ResourceVersions.IsOlder(version, seen))
        && (_news != News.None || _changed is { Count: > 0 });

    /// <summary>Completes when <see cref="TryNext"/> has an event or a failure.</summary>
    public Task WaitAsync()
    {
        lock (guard)
        {
            if (_isClosed || HasEvent || _failure is not null)
                return Task.CompletedTask;
            _arrived ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _arrived.Task;
        }
    }

    /// <summary>Returns the next event if there is one.</summary>
    /// <exception cref="EndpointSourceException">
    /// The watch of the namespace failed. It is reported once, when the failure begins.
    /// </exception>
    public bool TryNext(out ReflectorEvent<SliceObject>? happened)
    {
        lock (guard)
        {
            happened = Take();
            if (happened is null)
                ThrowFailure();
        }

        return happened is not null;
    }

    /// <summary>Ends every wait, with an <see cref="OperationCanceledException"/> in place of an event.</summary>
    public void Close()
    {
        lock (guard)
        {
            _isClosed = true;
            Signal();
        }
    }

    /// <summary>Returns the whole set again, because the caller may have lost an event.</summary>
    public void Restart()
    {
        lock (guard)
            _news = News.All;
    }

    /// <summary>
    /// Suppresses everything older than a version that the target's own watch has seen. Call it before the first event is read.
    /// </summary>
    public void NotOlderThan(string? version)
    {
        lock (guard)
            _notOlderThan = version;
    }

    /// <summary>The whole set is new. Call this and the following methods under the lock.</summary>
    /// <param name="wentBack">True when the version is older than before. Only a list without a version goes back, and it is right.</param>
    public void Replaced(bool wentBack)
    {
        _news = News.All;
        _changed?.Clear();
        if (wentBack)
            _notOlderThan = null;
        _failure = null;
        Signal();
    }

    /// <summary>A slice changed; null means that it is gone.</summary>
    public void Changed(string name, SliceObject? slice)
    {
        if (_news != News.All)
            (_changed ??= new Dictionary<string, SliceObject?>(StringComparer.Ordinal))[name] = slice;
        Signal();
    }

    /// <summary>Everything up to the feed's version is known.</summary>
    public void Confirmed()
    {
        if (_news == News.None)
            _news = News.Confirmed;
        _failure = null;
        Signal();
    }

    /// <summary>The feed failed.</summary>
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
        if (!HasEvent)
            return null;
        string version = feed.Version!;
        _notOlderThan = null;
        News news = _news;
        _news = News.None;
        if (news == News.All)
        {
            _changed?.Clear();
            return new ReflectorEvent<SliceObject>.Replaced(feed.SlicesOf(service), version);
        }

        if (_changed is not { Count: > 0 })
            return new ReflectorEvent<SliceObject>.Confirmed(version);
        (string name, SliceObject? slice) = _changed.First();
        _changed.Remove(name);
        return slice is null
            ? new ReflectorEvent<SliceObject>.Deleted(name, version)
            : new ReflectorEvent<SliceObject>.Applied(slice, version);
    }

    private void ThrowFailure()
    {
        if (_isClosed)
            throw new OperationCanceledException();
        if (_failure is not { } failure)
            return;
        _failure = null;
        throw failure;
    }
}
