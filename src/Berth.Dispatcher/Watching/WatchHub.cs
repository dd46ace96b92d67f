using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.Signals;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// Follows one target for all its watchers. Each change costs one loop, one comparison and one written event for any number of watchers.
/// Each moment wakes the watchers, which read the latest one; nothing queues up for a slow watcher.
/// </summary>
internal sealed class WatchHub
{
    /// <summary>
    /// The time between comments while nothing changes. Comments make proxies keep the stream open, and reveal dead clients.
    /// </summary>
    internal static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>The number of recent snapshots from which a client may resume. They share unchanged parts, so they cost little.</summary>
    internal const int MaxRecent = 16;

    private readonly EndpointView _view;
    private readonly string _epoch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EndpointsPage _page;
    private readonly Func<IReadOnlyList<PortClash>> _findClashes;
    private readonly EndpointSnapshot?[] _recent = new EndpointSnapshot?[MaxRecent];
    private readonly Lock _streamsLock = new();
    private readonly List<WatchStream> _streams = [];
    private readonly Latest<WatchMoment> _moments;
    private volatile Whole? _whole;
    private volatile Step? _step;
    private volatile bool _hasFailed;
    private int _published;

    /// <param name="view">The target's view.</param>
    /// <param name="page">Writes its snapshots.</param>
    /// <param name="findClashes">Finds the clashes with other targets: the same object while they are the same.</param>
    /// <param name="epoch">The run id of the dispatcher.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The logger for a failure.</param>
    /// <param name="ending">Ends the hub.</param>
    public WatchHub(
        EndpointView view, EndpointsPage page, Func<IReadOnlyList<PortClash>> findClashes, string epoch, TimeProvider time, ILogger logger,
        CancellationToken ending)
    {
        _findClashes = findClashes;
        _logger = logger;
        _view = view;
        _page = page;
        _epoch = epoch;
        _time = time;
        _moments = new Latest<WatchMoment>(new WatchMoment(null, null, default, IsEnd: false), WakeStreams);
        // The first moment must already contain a snapshot that exists.
        Publish(view.Current);
        Completion = Task.Run(() => RunAsync(ending), CancellationToken.None);
    }

    public WatchMoment Now => _moments.Value;

    /// <summary>True when this hub has stopped while the server runs.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Ends when the server stops or the directory is disposed. Never fails.</summary>
    public Task Completion { get; }

    /// <summary>Adds a stream, which every later moment wakes. The stream itself reads the current moment.</summary>
    public void Add(WatchStream stream)
    {
        lock (_streamsLock)
        {
            stream.Position = _streams.Count;
            _streams.Add(stream);
        }
    }

    public void Remove(WatchStream stream)
    {
        lock (_streamsLock)
        {
            WatchStream last = _streams[^1];
            _streams[stream.Position] = last;
            last.Position = stream.Position;
            _streams.RemoveAt(_streams.Count - 1);
        }
    }

    /// <summary>
    /// Returns the recent snapshot with the id of an event, or null when the id is unknown, too old, or from another dispatcher.
    /// </summary>
    public EndpointSnapshot? FindRecent(string id)
    {
        foreach (EndpointSnapshot? snapshot in _recent)
        {
            if (snapshot is not null && EntityTag.IdOf(_epoch, snapshot) == id)
                return snapshot;
        }

        return null;
    }

    /// <summary>
    /// Returns the event with a complete small snapshot, or null for a large one. It is written once for all clients that connect while the
    /// snapshot is current.
    /// </summary>
    public ReadOnlyMemory<byte>? FindWhole(EndpointSnapshot snapshot)
    {
        if (_whole is { } kept && ReferenceEquals(kept.Snapshot, snapshot))
            return kept.Event;
        if (_page.TryFormat(snapshot, age: null, snapshot.FindPortClashes()) is not { } page)
            return null;
        byte[] whole = [.. WatchEvents.BeginSnapshot, .. page.Span, .. WatchEvents.End(_epoch, snapshot)];
        _whole = new Whole(snapshot, whole);
        return whole;
    }

    /// <summary>
    /// Returns the event that leads from one snapshot to another if little changed, else no bytes. Clients that reconnect at the same time
    /// usually have the same state, so the last comparison is kept. With 100,000 pods a comparison costs far more than its result.
    /// </summary>
    public ReadOnlyMemory<byte> FindFewChanges(EndpointSnapshot before, EndpointSnapshot after)
    {
        if (_step is not { } kept || !ReferenceEquals(kept.Before, before) || !ReferenceEquals(kept.After, after))
            _step = kept = new Step(before, after, WatchEvents.FewChanges(_epoch, before, after));
        return kept.Event;
    }

    private async Task RunAsync(CancellationToken ending)
    {
        try
        {
            using PeriodicTimer heartbeat = new(Heartbeat, _time);
            Task<bool> beat = heartbeat.WaitForNextTickAsync(ending).AsTask();
            bool more = true;
            while (more)
            {
                // The wait starts before the snapshot is read, so that no change is lost in between.
                Task<bool> change = _view.WaitForChangeAsync(_view.Current, ending);
                Publish(_view.Current);
                while (await Task.WhenAny(change, beat).ConfigureAwait(false) == beat && await beat.ConfigureAwait(false))
                {
                    // By now all clients except slow ones have a large event. Drop it, because the next change may be far away.
                    ReadOnlyMemory<byte> frame = Now.Frame.Length > PacedJson.FlushAbove ? default : Now.Frame;
                    _moments.Swap(Now with { Frame = frame, Clashes = FindClashes() });
                    beat = heartbeat.WaitForNextTickAsync(ending).AsTask();
                }

                more = await change.ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The server stops: the normal end.
        }
        catch (Exception exception)
        {
            // For example, there was no memory for the event of a very large change. The clients reconnect to a new hub.
            _hasFailed = true;
            Log.WatchFailed(_logger, _view.Target, exception);
        }
        finally
        {
            _moments.Swap(Now with { IsEnd = true });
            _moments.End();
        }
    }

    private void Publish(EndpointSnapshot? snapshot)
    {
        EndpointSnapshot? before = Now.Snapshot;
        if (snapshot is null || ReferenceEquals(snapshot, before))
            return;
        Volatile.Write(ref _recent[_published++ % MaxRecent], snapshot);
        // Without watchers no event is written. A client that resumes across this change gets an event of its own.
        ReadOnlyMemory<byte> frame = before is null || !HasStreams() ? default : WatchEvents.Changes(_epoch, before, snapshot);
        _step = null;
        // Clashes change only with deployments, so they are checked at each heartbeat.
        ClashMoment? clashes = before is null ? FindClashes() : Now.Clashes;
        _moments.Swap(new WatchMoment(snapshot, before, frame, IsEnd: false) { Clashes = clashes });
    }

    private ClashMoment? FindClashes()
    {
        IReadOnlyList<PortClash> found = _findClashes();
        ClashMoment? before = Now.Clashes;
        return ReferenceEquals(found, before?.Clashes) || (before is null && found.Count == 0)
            ? before
            : new ClashMoment(_view.Target.ToString(), found);
    }

    private bool HasStreams()
    {
        lock (_streamsLock)
            return _streams.Count > 0;
    }

    private void WakeStreams()
    {
        lock (_streamsLock)
        {
            foreach (WatchStream stream in _streams)
                stream.Wake();
        }
    }

    private sealed record Whole(EndpointSnapshot Snapshot, byte[] Event);

    private sealed record Step(EndpointSnapshot Before, EndpointSnapshot After, ReadOnlyMemory<byte> Event);
}
