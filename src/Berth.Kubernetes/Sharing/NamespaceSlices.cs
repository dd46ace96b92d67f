using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;
using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Sharing;

/// <summary>
/// The slices of a whole namespace, listed and watched once for many targets. It runs its own loop. It keeps the trimmed slices of every
/// Service, followed or not, so that a later target needs no list.
/// </summary>
internal sealed class NamespaceSlices : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly ReflectorLoop<SliceObject> _loop;
    private readonly Dictionary<string, SharedService> _services = new(StringComparer.Ordinal);
    private Dictionary<string, SliceObject> _slices = new(StringComparer.Ordinal);
    private EndpointSourceException? _failure;
    private int _subscriptions;

    public NamespaceSlices(ListWatchReflector<SliceObject> reflector, TimeProvider time, IBackoffPolicy backoff) =>
        _loop = new ReflectorLoop<SliceObject>(reflector, time, backoff, Take, Fail);

    /// <summary>The version up to which everything is known, or null before the first list. Read it under the lock.</summary>
    public string? Version { get; private set; }

    /// <summary>Returns the slices of a Service. Call it under the lock.</summary>
    public SliceObject[] SlicesOf(string service) => [.. ServiceOf(service).Slices];

    /// <summary>Follows a Service. Returns null when another target follows it already.</summary>
    public SliceSubscription? TrySubscribe(string service)
    {
        lock (_lock)
        {
            SharedService shared = ServiceOf(service);
            if (shared.Subscription is not null)
                return null;
            shared.Subscription = new SliceSubscription(this, service, _lock);
            if (_failure is not null)
                shared.Subscription.Failed(_failure);
            _subscriptions++;
            _loop.Start();
            return shared.Subscription;
        }
    }

    /// <summary>Ends a subscription.</summary>
    /// <returns>True when it was the last one.</returns>
    public bool Unsubscribe(SliceSubscription subscription)
    {
        lock (_lock)
        {
            ServiceOf(subscription.Service).Subscription = null;
            return --_subscriptions == 0;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private void Take(ReflectorEvent<SliceObject> happened)
    {
        lock (_lock)
            TakeLocked(happened);
    }

    private void TakeLocked(ReflectorEvent<SliceObject> happened)
    {
        bool wentBack = Version is { } before && ResourceVersions.IsOlder(happened.Version, before);
        Version = happened.Version;
        switch (happened)
        {
            case ReflectorEvent<SliceObject>.Replaced all:
                Replace(all.Items);
                foreach (SharedService service in _services.Values)
                    service.Subscription?.Replaced(wentBack);
                break;
            case ReflectorEvent<SliceObject>.Applied one:
                Put(one.Item);
                break;
            case ReflectorEvent<SliceObject>.Deleted gone when _slices.Remove(gone.Name, out SliceObject? slice):
                Find(slice)?.Remove(slice);
                break;
            case ReflectorEvent<SliceObject>.Confirmed:
                ConfirmAll();
                break;
        }

        // An event for one target means that the watch has recovered for all.
        if (_failure is not null)
            ConfirmAll();
        _failure = null;
    }

    private void Replace(IReadOnlyList<SliceObject> all)
    {
        foreach (SharedService service in _services.Values)
            service.Slices.Clear();
        _slices = new Dictionary<string, SliceObject>(all.Count, StringComparer.Ordinal);
        foreach (SliceObject slice in all)
            Put(slice);
        // Services come and go over months. Forget those without a follower and without slices.
        foreach ((string name, SharedService service) in _services)
        {
            if (service.Subscription is null && service.Slices.Count == 0)
                _services.Remove(name);
        }
    }

    /// <summary>Stores a slice. If it moved from another Service, it disappears from that one.</summary>
    private void Put(SliceObject slice)
    {
        _slices.TryGetValue(slice.Name, out SliceObject? before);
        _slices[slice.Name] = slice;
        if (before is not null && before.Service != slice.Service)
        {
            Find(before)?.Remove(before);
            before = null;
        }

        Find(slice)?.Put(slice, before);
    }

    private void ConfirmAll()
    {
        foreach (SharedService service in _services.Values)
            service.Subscription?.Confirmed();
    }

    /// <summary>
    /// Reports a failure to the targets once, when it begins, and without a wait, because this feed waits itself. Each target backs off for
    /// a moment, and then waits for the next event.
    /// </summary>
    private void Fail(Exception exception)
    {
        lock (_lock)
        {
            if (_failure is not null)
                return;
            _failure = exception is EndpointSourceException
                ? new EndpointSourceException(exception.Message, exception.InnerException)
                : new EndpointSourceException(
                    $"Watching a whole namespace failed unexpectedly: {exception.GetType().Name}: {exception.Message} It is tried again.",
                    exception);
            foreach (SharedService service in _services.Values)
                service.Subscription?.Failed(_failure);
        }
    }

    /// <summary>Returns the Service of a slice, or null when it names none.</summary>
    private SharedService? Find(SliceObject slice) => slice.Service is { } service ? ServiceOf(service) : null;

    private SharedService ServiceOf(string service)
    {
        if (!_services.TryGetValue(service, out SharedService? shared))
            _services.Add(service, shared = new SharedService());
        return shared;
    }
}
