using Berth.Diagnostics;
using Berth.Persistence;
using Microsoft.Extensions.Logging;

namespace Berth.Directories;

/// <summary>Keeps a snapshot file up to date in the background, no more often than is worth it.</summary>
internal sealed class SnapshotKeeper
{
    // Often enough that a crash loses a second of changes; a disk that is slow is written less often.
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_confirmationPause = TimeSpan.FromMinutes(1);

    private readonly SnapshotFile _file;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<IEnumerable<EndpointView>> _views;
    private readonly Dictionary<(ServiceTarget Target, string Plan), SavedSnapshot> _kept;
    private bool _failing;

    public SnapshotKeeper(string path, TimeProvider time, ILogger logger, Func<IEnumerable<EndpointView>> views)
    {
        _path = path;
        _file = new SnapshotFile(path, logger);
        _time = time;
        _logger = logger;
        _views = views;
        _kept = [];
        foreach (SavedSnapshot saved in _file.Load())
            _kept[(saved.Target, saved.Plan)] = saved;
    }

    /// <summary>What the file had for a target under a port scheme, or null. Called before the keeper runs for that target.</summary>
    public SavedSnapshot? Find(ServiceTarget target, PortScheme ports)
    {
        lock (_kept)
            return _kept.GetValueOrDefault((target, ports.ToString()!));
    }

    /// <summary>Writes while there is something new, until it is stopped, and then once more.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        Dictionary<(ServiceTarget, string), (long Version, DateTimeOffset ConfirmedAt)> written = [];
        TimeSpan pause = s_shortestPause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pause, _time, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Stopping: what is new is written below, and the loop ends.
            }

            long started = _time.GetTimestamp();
            if (Collect(written))
                Write();
            TimeSpan took = _time.GetElapsedTime(started);
            pause = took * 20 > s_shortestPause ? took * 20 : s_shortestPause;
        }
    }

    /// <summary>Takes over what the views have now; true when that is worth a write.</summary>
    private bool Collect(Dictionary<(ServiceTarget, string), (long Version, DateTimeOffset ConfirmedAt)> written)
    {
        bool worth = false;
        foreach (EndpointView view in _views())
        {
            if (view.Current is not { } snapshot || view.Age is not { } age)
                continue;
            (ServiceTarget, string) key = (view.Target, view.Ports.ToString()!);
            DateTimeOffset confirmedAt = _time.GetUtcNow() - age;
            bool known = written.TryGetValue(key, out (long Version, DateTimeOffset ConfirmedAt) last);
            if (known ? last.Version == snapshot.Version && confirmedAt - last.ConfirmedAt < s_confirmationPause : snapshot.IsStale)
                continue;
            written[key] = (snapshot.Version, confirmedAt);
            lock (_kept)
                _kept[key] = SavedSnapshot.From(snapshot, confirmedAt);
            worth = true;
        }

        return worth;
    }

    private void Write()
    {
        try
        {
            lock (_kept)
                _file.Save(_kept.Values);
            if (_failing)
                Log.SnapshotFileWrittenAgain(_logger, _path);
            _failing = false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
                Log.SnapshotFileUnwritable(_logger, _path, exception.Message);
            _failing = true;
        }
    }
}
