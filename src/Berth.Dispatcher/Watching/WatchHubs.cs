using System.Collections.Concurrent;
using Berth.Dispatcher.State;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// The hubs of all targets that have been watched. A hub starts with a target's first watcher, and again after a failure.
/// </summary>
internal sealed class WatchHubs(DispatcherState state, ILogger logger)
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<ServedTarget, WatchHub> _hubs = new();
    private readonly ConcurrentDictionary<ServedTarget, SeatFeed> _feeds = new();
    private readonly Lock _startLock = new();
    private volatile Look? _look;

    /// <summary>Returns the hub of a target. Replaces a failed one.</summary>
    public WatchHub Of(ServedTarget target)
    {
        if (_hubs.TryGetValue(target, out WatchHub? hub) && !hub.HasFailed)
            return hub;
        lock (_startLock)
        {
            if (!_hubs.TryGetValue(target, out hub) || hub.HasFailed)
            {
                _hubs[target] = hub = new WatchHub(
                    target.View, target.Page, () => target.Clashes.FindOthers(FindClashes()), state.Epoch, state.Time, logger,
                    state.Ending);
            }

            return hub;
        }
    }

    /// <summary>Returns the feed of a target's seats, or null where it has none.</summary>
    public SeatFeed? SeatsOf(ServedTarget target) => target.Seats is not { } board
        ? null
        : _feeds.GetOrAdd(target, _ => new SeatFeed(target, board, state.Time, logger, state.Ending));

    /// <summary>Removes the hub of a target that is no longer served. It ends with the target's view.</summary>
    public void Forget(ServedTarget target) => _hubs.TryRemove(target, out _);

    /// <summary>Ends the streams of watchers. Completes when no hub runs.</summary>
    public async Task EndAsync()
    {
        await state.EndStreamsAsync().ConfigureAwait(false);
        foreach (WatchHub hub in _hubs.Values)
            await hub.Completion.ConfigureAwait(false);
        foreach (SeatFeed feed in _feeds.Values)
            await feed.Completion.ConfigureAwait(false);
    }

    /// <summary>
    /// The clashes of all targets. Each hub asks at its heartbeats, and one search a second is enough for thousands of hubs.
    /// </summary>
    private IReadOnlyList<PortClash> FindClashes()
    {
        if (_look is not { } look || state.Time.GetElapsedTime(look.At) >= s_lookEvery)
            _look = look = new Look(state.Time.GetTimestamp(), state.FindClashes());
        return look.Clashes;
    }

    private sealed record Look(long At, IReadOnlyList<PortClash> Clashes);
}
