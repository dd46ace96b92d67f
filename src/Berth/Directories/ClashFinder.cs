using Berth.Snapshots;

namespace Berth.Directories;

/// <summary>
/// Finds the clashes of ports over all targets of a directory. It searches again when a snapshot has changed, at most once a second.
/// </summary>
internal sealed class ClashFinder(TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private IReadOnlyList<PortClash> _found = [];
    private EndpointList[] _seen = [];
    private long? _at;

    public IReadOnlyList<PortClash> Find(IEnumerable<EndpointView> views)
    {
        lock (_lock)
        {
            if (_at is { } at && time.GetElapsedTime(at) < s_pause)
                return _found;
            EndpointSnapshot[] snapshots = [.. views.Select(static view => view.Current).OfType<EndpointSnapshot>()];
            EndpointList[] now = [.. snapshots.Select(static snapshot => snapshot.Endpoints)];
            if (_seen.AsSpan().SequenceEqual(now))
                return _found;
            PortClash[] found = PortClashes.Find(snapshots);
            // The same instance tells a reader that nothing has changed.
            if (!found.Select(static clash => clash.ToString()).SequenceEqual(_found.Select(static clash => clash.ToString())))
                _found = found;
            (_seen, _at) = (now, time.GetTimestamp());
            return _found;
        }
    }
}
