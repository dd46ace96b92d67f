using Berth.Kubernetes.Nodes;
using Berth.Kubernetes.Slices;
using Berth.Pods;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// The slices of one target, and their pods. The cost of an event depends only on its own slice. Not safe for several threads.
/// </summary>
internal sealed class SliceTable
{
    private readonly PodTable _pods = new();
    private readonly SlicePorts _ports = new();
    private readonly SliceWatch _watch = new();
    private readonly PodOutcomes _outcomes;
    private readonly int[] _slicesByType = new int[4];
    private readonly PodsByNode? _byNode;
    private readonly PodResolver _resolver;
    private readonly PodHolds _holds;
    // Not readonly: it is a struct that changes.
    private SlicesByName _slices;
    private PodChanges? _changes;
    private long _sequence;

    /// <summary>The kind of message that contained a slice.</summary>
    private enum Origin
    {
        /// <summary>The first list. Every pod is new, so no pod is recorded as touched.</summary>
        FirstList,

        /// <summary>A later list. No pod moves between its slices, unless their ports differ.</summary>
        List,

        /// <summary>An event. Pods that are missing in this slice may come with the next event of another slice.</summary>
        Event,
    }

    /// <param name="resolver">Resolves pods to endpoints.</param>
    /// <param name="builder">Receives them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="setName">The StatefulSet whose pods are wanted, or null to decide by the rule of <see cref="SetChoice"/>.</param>
    public SliceTable(PodResolver resolver, SnapshotBuilder builder, TimeProvider time, string? setName = null)
    {
        _resolver = resolver;
        _holds = new PodHolds(time);
        _byNode = resolver.NeedsNodes ? new PodsByNode() : null;
        _outcomes = new PodOutcomes(_pods, _byNode, resolver, builder, setName);
    }

    /// <summary>The number of slices.</summary>
    public int Count => _slices.Count;

    /// <summary>The time until <see cref="EndHolds"/> has something to do, or null.</summary>
    public TimeSpan? HoldRemaining => _holds.Remaining;

    private PodChanges Changes => _changes ??= new PodChanges();

    /// <summary>
    /// Replaces all slices. Pods that are in none of them leave at once; they are held only while the controller distributes the pods.
    /// </summary>
    public void Replace(IReadOnlyList<SliceObject> all)
    {
        Origin origin = _pods.Count == 0 && !_holds.Any ? Origin.FirstList : Origin.List;
        if (_slices.Count > 0)
        {
            HashSet<string> names = new(all.Select(static s => s.Name), StringComparer.Ordinal);
            foreach (SliceObject gone in _slices.Values.Where(s => !names.Contains(s.Name)).ToArray())
                TakeOut(gone, PodHolds.Duration);
        }

        _slices.EnsureCapacity(all.Count);
        if (origin == Origin.FirstList)
            _pods.EnsureCapacity(all.Sum(static s => s.Pods.Length + s.Odd.Length));
        foreach (SliceObject slice in all)
            Put(slice, origin);
        _holds.Heard(_ports.Differ);
        if (origin == Origin.List)
        {
            // A list is complete. But while the controller distributes the pods, a pod may be in no slice.
            if (!_ports.Differ)
            {
                Changes.Touched.UnionWith(_holds.Take(static _ => true));
                Changes.MayMove.Clear();
            }

            Settle();
            return;
        }

        _changes?.MayMove.Clear();
        _outcomes.ResolveFirst(all);
        _outcomes.Warn(_watch.Warning);
    }

    /// <summary>Applies the new state of a slice.</summary>
    public void Apply(SliceObject slice)
    {
        Put(slice, Origin.Event);
        _holds.Heard(_ports.Differ);
        Settle();
    }

    /// <summary>Removes a slice. An unknown slice is ignored.</summary>
    /// <param name="name">The slice's name.</param>
    /// <param name="hold">The duration for which its pods are held, unless they are terminating; zero for none.</param>
    public void Delete(string name, TimeSpan hold = default)
    {
        if (_slices.TryGet(name, out SliceObject? slice))
            TakeOut(slice, hold);
        _holds.Heard(_ports.Differ);
        Settle();
    }

    /// <summary>Removes the pods whose holds have ended.</summary>
    public void EndHolds()
    {
        if (_holds.Any && _holds.TakeOver() is { Count: > 0 } over)
        {
            Changes.Touched.UnionWith(over);
            Settle();
        }
    }

    /// <summary>Stops the holds, because the API cannot be reached.</summary>
    public void PauseHolds() => _holds.Pause();

    /// <summary>Continues the holds, because the API answers again.</summary>
    public void ResumeHolds() => _holds.Resume();

    /// <summary>Updates the known nodes.</summary>
    /// <param name="nodes">The current table of nodes.</param>
    /// <param name="changed">The nodes that changed, or null when any may have.</param>
    public void UpdateNodes(NodeTable nodes, IReadOnlyCollection<string>? changed)
    {
        _resolver.Nodes = nodes;
        if (changed is null)
            Changes.Touched.UnionWith(_pods.Keys);
        else
            Changes.Touched.UnionWith(changed.SelectMany(node => _byNode?.Find(node) ?? []));
        Settle();
    }

    private void Put(SliceObject slice, Origin origin)
    {
        slice.Sequence = ++_sequence;
        _slices.TryGet(slice.Name, out SliceObject? before);
        if (before is not null)
            _slicesByType[(int)before.AddressType]--;
        // Only another slice of the same family can take over the lost pods. The list may still bring it.
        bool mayMove = before is not null && (origin == Origin.List || _slicesByType[(int)before.AddressType] > 0);
        _slicesByType[(int)slice.AddressType]++;
        _slices.Put(slice);
        _ports.Change(before, slice);
        _watch.Change(before, slice);
        bool samePorts = before is not null && ReferenceEquals(before.Ports, slice.Ports);
        for (int i = 0; i < slice.Pods.Length; i++)
            slice.Pods[i] = (SlicePod)Keep(slice, before, slice.Pods[i], samePorts, origin);
        for (int i = 0; i < slice.Odd.Length; i++)
            slice.Odd[i] = (OddEndpoint)Keep(slice, before, slice.Odd[i], samePorts, origin);
        if (before is null)
            return;
        foreach (ISliceEndpoint left in before.Endpoints)
        {
            if (ReferenceEquals(left.Slice, before))
                RemoveSource(left, mayMove ? PodHolds.Duration : TimeSpan.Zero);
        }
    }

    /// <summary>Adds an endpoint, or keeps an equal one, so that an unchanged pod costs one comparison.</summary>
    /// <returns>The endpoint, or the equal one that was kept.</returns>
    private ISliceEndpoint Keep(SliceObject slice, SliceObject? before, ISliceEndpoint endpoint, bool samePorts, Origin origin)
    {
        PodName key = endpoint.Key;
        ref PodSources sources = ref _pods[_pods.FindOrAdd(key)];
        if (before is not null && sources.FindEqual(before, endpoint) is { } known)
        {
            known.Slice = slice;
            // If there are several sources, the newer slice may now win.
            if (!samePorts || sources.Count > 1)
                Touch(known, origin);
            return known;
        }

        if (sources.Count == 0 && (_changes is not { Unstated.Count: > 0 } || !_changes.Unstated.Remove(key.ToString()!)))
            _outcomes.Add(key);
        sources.Add(endpoint);
        _byNode?.Add(endpoint);
        Touch(endpoint, origin);
        return endpoint;
    }

    private void TakeOut(SliceObject slice, TimeSpan hold)
    {
        _ports.Change(slice, null);
        _watch.Change(slice, null);
        _slices.Remove(slice.Name);
        _slicesByType[(int)slice.AddressType]--;
        foreach (ISliceEndpoint endpoint in slice.Endpoints)
            RemoveSource(endpoint, hold);
    }

    private void RemoveSource(ISliceEndpoint endpoint, TimeSpan hold)
    {
        string key = endpoint.Key.ToString()!;
        int slot = _pods.Find(endpoint.Key);
        ref PodSources sources = ref _pods[slot];
        sources.Remove(endpoint);
        _byNode?.Remove(endpoint, sources);
        if (hold > TimeSpan.Zero && endpoint is { Address: not null, HasName: true, Terminating: false })
            Changes.MayMove.Add((key, new PodGap(endpoint.UidValue, endpoint.Family, endpoint.Slice!.Rank), hold));
        if (sources.Count == 0)
        {
            Changes.Unstated.Add(key);
            _pods.RemoveAt(slot);
        }

        endpoint.Slice = null;
        Changes.Touched.Add(key);
    }

    private void Touch(ISliceEndpoint endpoint, Origin origin)
    {
        if (origin != Origin.FirstList)
            Changes.Touched.Add(endpoint.Key.ToString()!);
    }

    private void Settle()
    {
        PodChanges changes = Changes;
        foreach ((string key, PodGap gap, TimeSpan hold) in changes.MayMove)
        {
            // Nearly always the slice states the pod again with other conditions.
            int slot = _pods.Find(new PodName(key));
            if (slot < 0 || !_pods[slot].Fills(gap))
                _holds.Add(key, gap, hold, _slices.Count);
        }

        changes.MayMove.Clear();
        FillHolds(changes);
        DropUnstated(changes);
        while (_outcomes.Decide())
        {
            // Pods of other sets are not held. Pods of the newly followed set are shown as the slices state them.
            changes.Touched.UnionWith(_pods.Keys);
            changes.Touched.UnionWith(_holds.Take(key => !_outcomes.IsFollowed(key) || _pods.Find(new PodName(key)) >= 0));
            DropUnstated(changes);
        }

        foreach (string key in changes.Touched)
        {
            if (!_holds.Holds(key))
                _outcomes.Resolve(key);
        }

        changes.Settle();
        _outcomes.Warn(_watch.Warning);
    }

    /// <summary>Ends the holds of pods that slices state again, or in more families.</summary>
    private void FillHolds(PodChanges changes)
    {
        if (!_holds.Any)
            return;
        foreach (string key in changes.Touched)
        {
            int slot = _pods.Find(new PodName(key));
            if (slot < 0 || !_holds.Holds(key))
                continue;
            if (_outcomes.IsNews(key, _pods[slot]))
                _holds.Remove(key);
            else
                _holds.Fill(key, _pods[slot]);
        }
    }

    /// <summary>Held pods still count as pods of their set. Otherwise another set would be followed until they are back.</summary>
    private void DropUnstated(PodChanges changes)
    {
        if (changes.Unstated.Count == 0)
            return;
        foreach (string key in changes.Touched)
        {
            if (!_holds.Holds(key) && changes.Unstated.Remove(key))
                _outcomes.Remove(new PodName(key));
        }
    }
}
