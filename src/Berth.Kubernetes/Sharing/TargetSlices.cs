using Berth.Kubernetes.Reflector;
using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Sharing;

/// <summary>
/// The source of a target's slices: first its own list and watch, and later the shared watch of its namespace, if there is one. One caller
/// at a time, except for <see cref="Move"/>, which is safe from any thread.
/// </summary>
/// <remarks>A caller waits, and then takes events until there is none. There may be 10,000 targets, and nearly all of them wait.</remarks>
internal sealed class TargetSlices(
    ServiceTarget target, Func<ServiceTarget, ListWatchReflector<SliceObject>> reflect, NamespaceSharing sharing) : IAsyncDisposable
{
    // Ends the reads of the target's own watch. Null until there is one: where there may be 10,000, nearly all share from the start.
    private CancellationTokenSource? _leaving;
    private ListWatchReflector<SliceObject>? _own;
    private Task<ReflectorEvent<SliceObject>>? _reading;
    private volatile SliceSubscription? _shared;
    private Task _left = Task.CompletedTask;
    private string? _seen;
    private volatile bool _isClosed;

    /// <summary>The target.</summary>
    public ServiceTarget Target => target;

    /// <summary>The subscription to the shared watch, after the move.</summary>
    public SliceSubscription? Shared => _shared;

    /// <summary>Moves to the shared watch of the namespace.</summary>
    public void Move(SliceSubscription to)
    {
        // A full fence. A caller that starts its own watch now sees the shared one, or is seen here.
        Interlocked.Exchange(ref _shared, to);
        // Do not cancel on this thread, which has a lock: the continuation of a cancelled read could need it.
        if (Volatile.Read(ref _leaving) is { } leaving)
            _left = leaving.CancelAsync();
    }

    /// <summary>Completes when <see cref="TryNext"/> has an event or a failure. It may complete with an exception.</summary>
    public Task WaitAsync()
    {
        if (_reading is not null)
            return _reading;
        // A full fence here too: it is written before the shared watch is looked for again.
        if (_leaving is null && _shared is null)
            Interlocked.Exchange(ref _leaving, new CancellationTokenSource());
        if (_shared is { } shared)
        {
            Leave(shared);
            return shared.WaitAsync();
        }

        _own ??= reflect(target);
        return _reading = _own.NextAsync(_leaving!.Token).AsTask();
    }

    /// <summary>Returns the next event if it has already arrived.</summary>
    /// <exception cref="EndpointSourceException">
    /// A list or watch failed. Wait again, after the delay that it asks for or a longer one.
    /// </exception>
    public bool TryNext(out ReflectorEvent<SliceObject>? happened)
    {
        happened = null;
        if (_reading is null && _own is null)
            return _shared is not null && _shared.TryNext(out happened);
        if (!(_reading is null ? _own!.TryNext(out happened) : TryTakeRead(out happened)))
            return false;
        _seen = happened!.Version;
        return true;
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
        _isClosed = true;
        Task? reading = _reading;
        if (_leaving is not null)
            await _leaving.CancelAsync().ConfigureAwait(false);
        if (reading is not null)
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await sharing.CloseAsync(this).ConfigureAwait(false);
        // Now nothing can move this target to a shared watch any more, where a read could wait without an end.
        _shared?.Close();
        await _left.ConfigureAwait(false);
        _own?.Dispose();
        _leaving?.Dispose();
    }

    /// <summary>Returns the event that the target's own watch has read, unless it still reads.</summary>
    private bool TryTakeRead(out ReflectorEvent<SliceObject>? happened)
    {
        happened = null;
        Task<ReflectorEvent<SliceObject>> read = _reading!;
        if (!read.IsCompleted)
            return false;
        _reading = null;
        try
        {
            happened = read.GetAwaiter().GetResult();
            return true;
        }
        catch (Exception) when (_shared is not null && !_isClosed)
        {
            // The target's own watch is no longer needed, so the reason of its end does not matter.
            return false;
        }
    }

    /// <summary>Abandons the target's own list and watch. A slower shared watch must not take back what they reported.</summary>
    private void Leave(SliceSubscription shared)
    {
        if (_own is null)
            return;
        shared.NotOlderThan(_seen);
        _own.Dispose();
        _own = null;
    }
}
