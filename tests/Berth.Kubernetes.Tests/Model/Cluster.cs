using System.Collections.Immutable;

namespace Berth.Kubernetes.Model;

/// <summary>
/// The truth: all slices, at every version there ever was. It knows nothing of clients or faults.
/// </summary>
internal sealed class Cluster(Random random)
{
    public const string Service = "service-b";

    private readonly List<(long Version, ImmutableSortedDictionary<string, ClusterSlice> Slices)> _states = [(100, NoSlices)];
    private readonly List<ClusterChange> _changes = [];

    private static ImmutableSortedDictionary<string, ClusterSlice> NoSlices { get; } = ImmutableSortedDictionary.Create<string, ClusterSlice>(StringComparer.Ordinal);

    /// <summary>The version of the newest state; versions that name nothing of ours lie between.</summary>
    public long Version => _states[^1].Version;

    public ImmutableSortedDictionary<string, ClusterSlice> Slices => _states[^1].Slices;

    public void Put(ClusterSlice slice)
    {
        long version = Next();
        ClusterSlice after = slice with { Version = version };
        _changes.Add(new ClusterChange(version, Slices.GetValueOrDefault(slice.Name), after));
        _states.Add((version, Slices.SetItem(slice.Name, after)));
    }

    public void Delete(string name)
    {
        if (!Slices.TryGetValue(name, out ClusterSlice? before))
            return;
        long version = Next();
        _changes.Add(new ClusterChange(version, before, null));
        _states.Add((version, Slices.Remove(name)));
    }

    /// <summary>The slices at a version, as a server that is so far sees them.</summary>
    public ImmutableSortedDictionary<string, ClusterSlice> At(long version) => _states[_states.FindLastIndex(s => s.Version <= version)].Slices;

    /// <summary>What happened after a version, up to another.</summary>
    public IEnumerable<ClusterChange> Between(long after, long upTo)
    {
        int first = _changes.Count;
        while (first > 0 && _changes[first - 1].Version > after)
            first--;
        for (int i = first; i < _changes.Count && _changes[i].Version <= upTo; i++)
            yield return _changes[i];
    }

    /// <summary>The store is set back to what it was: all that came after has never been.</summary>
    public void Restore(long version)
    {
        _states.RemoveAll(s => s.Version > version);
        _changes.RemoveAll(c => c.Version > version);
    }

    private long Next() => Version + random.Next(1, 4);
}
