using Berth.Backoff;
using Berth.Diagnostics;
using Berth.Persistence;
using Microsoft.Extensions.Logging;

namespace Berth.Directories;

/// <summary>Keeps a snapshot file up to date in the background, with a limited number of writes.</summary>
internal sealed class SnapshotKeeper : IAsyncDisposable
{
    // A crash loses at most a second of changes. A slow disk is written less often.
    private static readonly TimeSpan s_minPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_maxPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_confirmationPause = TimeSpan.FromMinutes(1);

    private readonly SnapshotFile _file;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<IEnumerable<EndpointView>> _views;
    private readonly Dictionary<(ServiceTarget Target, string PortScheme), SavedSnapshot> _kept;
    private readonly Dictionary<(ServiceTarget, string), (long Version, DateTimeOffset ConfirmedAt)> _written = [];
    private readonly Supervisor _supervisor;
    private TimeSpan _pause = s_minPause;
    private bool _isUnwritten;
    private bool _failing;

    public SnapshotKeeper(string path, TimeProvider time, IBackoffPolicy backoff, ILogger logger, Func<IEnumerable<EndpointView>> views)
    {
        _path = path;
        _file = new SnapshotFile(path, logger);
        _time = time;
        _logger = logger;
        _views = views;
        _supervisor = new Supervisor(StepAsync, Failed, backoff, time);
        _kept = [];
        foreach (SavedSnapshot saved in _file.Load())
            _kept[(saved.Target, saved.PortScheme)] = saved;
    }

    /// <summary>Returns the saved snapshot of a target with a port scheme, or null. Called before the target is added.</summary>
    public SavedSnapshot? Find(ServiceTarget target, PortScheme ports)
    {
        lock (_kept)
            return _kept.GetValueOrDefault((target, ports.ToString()!));
    }

    /// <summary>Drops a target that is no longer followed, so that the file does not keep it.</summary>
    public void Forget(ServiceTarget target)
    {
        lock (_kept)
        {
            foreach ((ServiceTarget Target, string PortScheme) key in _kept.Keys.Where(key => key.Target == target).ToArray())
            {
                _kept.Remove(key);
                _written.Remove(key);
                _isUnwritten = true;
            }
        }
    }

    /// <summary>Starts to write changes in the background.</summary>
    public void Start() => _supervisor.Start();

    /// <summary>Stops, and writes the last changes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync().ConfigureAwait(false);
        try
        {
            WriteNew();
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
    }

    private async ValueTask StepAsync(CancellationToken stopping)
    {
        await Task.Delay(_pause, _time, stopping).ConfigureAwait(false);
        long started = _time.GetTimestamp();
        WriteNew();
        // The limit is needed because a write appears to take days if the machine sleeps meanwhile.
        TimeSpan pause = _time.GetElapsedTime(started) * 20;
        _pause = pause < s_minPause ? s_minPause : pause < s_maxPause ? pause : s_maxPause;
    }

    private void WriteNew()
    {
        lock (_kept)
        {
            _isUnwritten |= Collect();
            if (!_isUnwritten)
                return;
            _file.Save(_kept.Values);
            _isUnwritten = false;
        }

        if (_failing)
            Log.SnapshotFileWrittenAgain(_logger, _path);
        _failing = false;
    }

    private TimeSpan? Failed(Exception exception)
    {
        if (!_failing)
            Log.SnapshotFileUnwritable(_logger, _path, exception.Message);
        _failing = true;
        return null;
    }

    /// <summary>Collects the current states of all views. Returns true when the file must be written.</summary>
    private bool Collect()
    {
        bool worth = false;
        foreach (EndpointView view in _views())
        {
            if (view.Current is not { } snapshot || view.Age is not { } age)
                continue;
            (ServiceTarget, string) key = (view.Target, view.Ports.ToString()!);
            DateTimeOffset confirmedAt = _time.GetUtcNow() - age;
            bool known = _written.TryGetValue(key, out (long Version, DateTimeOffset ConfirmedAt) last);
            if (known ? last.Version == snapshot.Version && confirmedAt - last.ConfirmedAt < s_confirmationPause : snapshot.IsStale)
                continue;
            _written[key] = (snapshot.Version, confirmedAt);
            _kept[key] = SavedSnapshot.From(snapshot, confirmedAt);
            worth = true;
        }

        return worth;
    }
}
