using System.Collections.Immutable;

namespace Berth.Kubernetes.Model;

/// <summary>The real state: all slices and nodes, at every version. It does not know clients or faults.</summary>
internal sealed class Cluster(Random random)
{
    public const string Service = "service-b";

    private readonly List<State> _states =
        [new State(100, ImmutableSortedDictionary.Create<string, ClusterSlice>(StringComparer.Ordinal),
            ImmutableSortedDictionary.Create<string, ClusterNode>(StringComparer.Ordinal))];
    private readonly List<ClusterChange> _changes = [];
    private readonly List<NodeChange> _nodeChanges = [];

    /// <summary>The version of the newest state. Other objects use the versions between two of ours.</summary>
    public long Version => _states[^1].Version;

    public ImmutableSortedDictionary<string, ClusterSlice> Slices => _states[^1].Slices;

    public ImmutableSortedDictionary<string, ClusterNode> Nodes => _states[^1].Nodes;

    public void Put(ClusterSlice slice)
    {
        long version = Next();
        ClusterSlice after = slice with { Version = version };
        _changes.Add(new ClusterChange(version, Slices.GetValueOrDefault(slice.Name), after));
        _states.Add(_states[^1] with { Version = version, Slices = Slices.SetItem(slice.Name, after) });
    }

    public void Delete(string name)
    {
        if (!Slices.TryGetValue(name, out ClusterSlice? before))
            return;
        long version = Next();
        _changes.Add(new ClusterChange(version, before, null));
        _states.Add(_states[^1] with { Version = version, Slices = Slices.Remove(name) });
    }

    public void PutNode(ClusterNode node)
    {
        long version = Next();
        ClusterNode after = node with { Version = version };
        _nodeChanges.Add(new NodeChange(version, Nodes.GetValueOrDefault(node.Name), after));
        _states.Add(_states[^1] with { Version = version, Nodes = Nodes.SetItem(node.Name, after) });
    }

    public void DeleteNode(string name)
    {
        if (!Nodes.TryGetValue(name, out ClusterNode? before))
            return;
        long version = Next();
        _nodeChanges.Add(new NodeChange(version, before, null));
        _states.Add(_states[^1] with { Version = version, Nodes = Nodes.Remove(name) });
    }

    /// <summary>The slices at a version, as a server that knows no later version serves them.</summary>
    public ImmutableSortedDictionary<string, ClusterSlice> At(long version) => StateAt(version).Slices;

    /// <summary>The nodes at a version.</summary>
    public ImmutableSortedDictionary<string, ClusterNode> NodesAt(long version) => StateAt(version).Nodes;

    /// <summary>Returns the changes of slices after a version, up to another.</summary>
    public IEnumerable<ClusterChange> Between(long after, long upTo) =>
        _changes.SkipWhile(c => c.Version <= after).TakeWhile(c => c.Version <= upTo);

    /// <summary>Returns the changes of nodes after a version, up to another.</summary>
    public IEnumerable<NodeChange> NodesBetween(long after, long upTo) =>
        _nodeChanges.SkipWhile(c => c.Version <= after).TakeWhile(c => c.Version <= upTo);

    /// <summary>Sets the store back to an earlier state. Everything after it is lost.</summary>
    public void Restore(long version)
    {
        _states.RemoveAll(s => s.Version > version);
        _changes.RemoveAll(c => c.Version > version);
        _nodeChanges.RemoveAll(c => c.Version > version);
    }

    private State StateAt(long version) => _states[_states.FindLastIndex(s => s.Version <= version)];

    private long Next() => Version + random.Next(1, 4);

    private sealed record State(
        long Version, ImmutableSortedDictionary<string, ClusterSlice> Slices, ImmutableSortedDictionary<string, ClusterNode> Nodes);
}
