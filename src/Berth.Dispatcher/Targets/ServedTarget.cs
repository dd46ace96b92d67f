using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher;

/// <summary>One target as it is served: its view, what was picked from it, and its JSON while that is current.</summary>
internal sealed class ServedTarget(EndpointView view)
{
    private readonly Lock _hubLock = new();
    private WatchHub? _hub;
    private int _watchers;

    public EndpointView View { get; } = view;

    public StripedCounter Picks { get; } = new();

    public EndpointsPage Page { get; } = new();

    public string Name { get; } = view.Target.ToString();

    /// <summary>How many clients watch now.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    public void AddWatcher(int difference) => Interlocked.Add(ref _watchers, difference);

    /// <summary>What watching clients share; made when the first one comes, and again after a failure.</summary>
    public WatchHub WatchHub(DispatcherState state, ILogger logger)
    {
        if (Volatile.Read(ref _hub) is { HasFailed: false } hub)
            return hub;
        lock (_hubLock)
        {
            if (_hub is not { HasFailed: false })
                _hub = new WatchHub(View, Page, state.Epoch, state.Time, logger, state.Ending);
            return _hub;
        }
    }

    /// <summary>Ends when the watchers' hub has, if there is one.</summary>
    public Task HubCompletion => Volatile.Read(ref _hub)?.Completion ?? Task.CompletedTask;
}
