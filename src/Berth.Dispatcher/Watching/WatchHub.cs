using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.Signals;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// Follows one target for all clients that watch it: one loop, one comparison and one written event for each change, however many clients
/// there are. Clients are woken for each moment and look for the latest; nothing queues up for one that is slow.
/// </summary>
internal sealed class WatchHub
{
    /// <summary>
    /// How often a comment is sent when nothing happens, so that proxies keep the stream open and a dead client is noticed.
    /// </summary>
    internal static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>How many snapshots back a client may resume. They share what they have in common, so they cost little.</summary>
    internal const int MaxRecent = 16;

    private readonly EndpointView _view;
    private readonly string _epoch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EndpointsPage _page;
    private readonly EndpointSnapshot?[] _recent = new EndpointSnapshot?[MaxRecent];
    private readonly Lock _streamsLock = new();
    private readonly List<WatchStream> _streams = [];
    private readonly Latest<WatchMoment> _moments;
    private volatile Whole? _whole;
    private volatile Step? _step;
    private volatile bool _hasFailed;
    private int _published;

    public WatchHub(EndpointView view, EndpointsPage page, string epoch, TimeProvider time, ILogger logger, CancellationToken ending)
    {
        _logger = logger;
        _view = view;
        _page = page;
        _epoch = epoch;
        _time = time;
        _moments = new Latest<WatchMoment>(new WatchMoment(null, null, default, IsEnd: false), WakeStreams);
        // What is there already is shown before a client asks for the first moment.
        Publish(view.Current);
        Completion = Task.Run(() => RunAsync(ending), CancellationToken.None);
    }

    public WatchMoment Now => _moments.Value;

    /// <summary>True when it tells nothing any more although the server goes on.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Ends when the server stops or the directory is disposed. Never fails.</summary>
    public Task Completion { get; }

    /// <summary>From now on a stream is woken for each moment. The one that is there already it has to look for itself.</summary>
    public void Add(WatchStream stream)
    {
        lock (_streamsLock)
        {
            stream.Place = _streams.Count;
            _streams.Add(stream);
        }
    }

    public void Remove(WatchStream stream)
    {
        lock (_streamsLock)
        {
            WatchStream last = _streams[^1];
            _streams[stream.Place] = last;
            last.Place = stream.Place;
            _streams.RemoveAt(_streams.Count - 1);
        }
    }

    /// <summary>The recent snapshot with an event's id, or null when it is unknown, too old, or another dispatcher's.</summary>
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
    /// The event with the whole of a small snapshot, or null for a large one. It is written once for all clients that come while it holds.
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
    /// The event that leads from one snapshot to another where little changed, else nothing. When all clients come back at once they
    /// usually
        /// come from one and the same state, so the last comparison is kept: of 100,000 pods it costs far more than what it finds.
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
                // Asked for before the snapshot is read, so that no change falls between the two.
                Task<bool> change = _view.WaitForChangeAsync(_view.Current, ending);
                Publish(_view.Current);
                while (await Task.WhenAny(change, beat).ConfigureAwait(false) == beat && await beat.ConfigureAwait(false))
                {
                    // A large event has been told by now to all but slow clients, and is not kept for as long as nothing changes.
                    _moments.Swap(Now with { Frame = Now.Frame.Length > PacedJson.FlushAbove ? default : Now.Frame });
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
            // Such as no memory for the event of a very large change. Its clients come back, to another hub.
            Log.WatchFailed(_logger, _view.Target, exception);
            _hasFailed = true;
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
        // Without a watching client nothing is written. A client that comes back to this change has it written for itself.
        ReadOnlyMemory<byte> frame = before is null || !HasStreams() ? default : WatchEvents.Changes(_epoch, before, snapshot);
        _step = null;
        _moments.Swap(new WatchMoment(snapshot, before, frame, IsEnd: false));
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
