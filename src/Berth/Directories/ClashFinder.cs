using Berth.Snapshots;

namespace Berth.Directories;

/// <summary>
/// The clashes of ports over all targets of a directory, for those who ask. They are looked for again when a snapshot is another one, and
/// no more than once a second.
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
            // A reader who has seen the list knows by the instance that nothing is new.
            if (!found.Select(static clash => clash.ToString()).SequenceEqual(_found.Select(static clash => clash.ToString())))
                _found = found;
            (_seen, _at) = (now, time.GetTimestamp());
            return _found;
        }
    }
}
