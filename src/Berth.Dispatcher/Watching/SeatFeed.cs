using Berth.Dispatcher.Diagnostics;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Microsoft.Extensions.Logging;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// Follows the seats of one target for the watchers that ask for them. It reads them at most once a second, so a busy desk causes one event
/// a second for each watcher. Without watchers it stops. Not a supervisor: the pace is the same after a success and a failure.
/// </summary>
internal sealed class SeatFeed(ServedTarget target, ISeatBoard board, TimeProvider time, ILogger logger, CancellationToken ending)
{
    /// <summary>The shortest time between two events.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<WatchStream> _streams = [];
    private volatile SeatMoment? _now;
    private HashSet<PodSeats> _pods = [];
    private long _number;
    private bool _isRunning;

    /// <summary>The latest moment, or null before the first.</summary>
    public SeatMoment? Now => _now;

    /// <summary>Ends when the feed stops. Never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Adds a stream, which every later moment wakes. The stream itself reads the current moment.</summary>
    public void Add(WatchStream stream)
    {
        lock (_lock)
        {
            _streams.Add(stream);
            if (_isRunning || ending.IsCancellationRequested)
                return;
            _isRunning = true;
            Completion = Task.Run(RunAsync, CancellationToken.None);
        }
    }

    public void Remove(WatchStream stream)
    {
        lock (_lock)
            _streams.Remove(stream);
    }

    private async Task RunAsync()
    {
        do
        {
            try
            {
                // Take the mark before the seats are read, so that no change is lost in between.
                object moment = board.Moment;
                Publish();
                await board.WaitForChangeAsync(moment).WaitAsync(ending).ConfigureAwait(false);
            }
            catch (Exception) when (ending.IsCancellationRequested)
            {
                // The server stops: the normal end.
                return;
            }
            catch (Exception exception)
            {
                // The watchers get the seats when they can be read again.
                Log.SeatsFailed(logger, target.View.Target, "reading them for watchers", exception);
            }

            await Task.Delay(Pause, time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (HasStreams());
    }

    private bool HasStreams()
    {
        lock (_lock)
        {
            if (_streams.Count > 0)
                return true;
            // The next watcher must not get a state from before the feed stopped.
            _now = null;
            _pods = [];
            return _isRunning = false;
        }
    }

    private void Publish()
    {
        IReadOnlyList<PodSeats> pods = board.Read();
        PodSeats[] changes = [.. pods.Where(seats => !_pods.Contains(seats))];
        // A removed pod is reported by the changes of the endpoints, and its seats again when it is back.
        _pods = [.. pods];
        if (changes.Length == 0)
            return;
        _now = new SeatMoment(target.Name, ++_number, pods, changes);
        lock (_lock)
        {
            foreach (WatchStream stream in _streams)
                stream.Wake();
        }
    }
}
