using Berth.Kubernetes.Nodes;
using Berth.Kubernetes.Slices;
using Berth.Pods;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// The slices of one target, and the pods they make. One event costs what its own slice holds, however many others there are.
/// Not safe for several threads.
/// </summary>
internal sealed class SliceTable
{
    private const int MostKept = 4096;

    private readonly Dictionary<string, SliceObject> _slices = new(StringComparer.Ordinal);
    private readonly PodTable _pods = new();
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private readonly HashSet<string> _mayMove = new(StringComparer.Ordinal);
    private readonly int[] _slicesByType = new int[4];
    private readonly PodsByNode? _byNode;
    private readonly PodResolver _resolver;
    private readonly SnapshotBuilder _builder;
    private readonly PodHolds _holds;
    private readonly SetChoice _choice;
    private readonly TargetWarnings _warnings;
    private long _sequence;

    /// <summary>What a slice comes with.</summary>
    private enum Origin
    {
        /// <summary>The first list. Every pod is new, so none is noted as touched.</summary>
        FirstList,

        /// <summary>A later list. Nothing moves between its slices.</summary>
        List,

        /// <summary>An event. Pods that this slice left out may come with the next event of another.</summary>
        Event,
    }

    /// <param name="resolver">Makes endpoints of what slices say.</param>
    /// <param name="builder">Takes them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="setName">The StatefulSet whose pods are wanted, or null to decide by the rule of <see cref="SetChoice"/>.</param>
    public SliceTable(PodResolver resolver, SnapshotBuilder builder, TimeProvider time, string? setName = null)
    {
        _resolver = resolver;
        _builder = builder;
        _holds = new PodHolds(time);
        _choice = new SetChoice(resolver.Target, setName, resolver.NeedsOrdinal);
        _warnings = new TargetWarnings(builder);
        _byNode = resolver.NeedsNodes ? new PodsByNode() : null;
    }

    /// <summary>How many slices there are.</summary>
    public int Count => _slices.Count;

    /// <summary>How long until <see cref="EndHolds"/> has something to do, or null.</summary>
    public TimeSpan? HoldRemaining => _holds.Remaining;

    /// <summary>These are all slices: what is not among them is gone, and nothing is held.</summary>
    public void Replace(IReadOnlyList<SliceObject> all)
    {
        Origin origin = _pods.Count == 0 ? Origin.FirstList : Origin.List;
        if (_slices.Count > 0)
        {
            HashSet<string> names = new(all.Select(static s => s.Name), StringComparer.Ordinal);
            foreach (SliceObject gone in _slices.Values.Where(s => !names.Contains(s.Name)).ToArray())
                TakeOut(gone);
        }

        _slices.EnsureCapacity(all.Count);
        if (origin == Origin.FirstList)
            _pods.EnsureCapacity(all.Sum(static s => s.Pods.Length + s.Odd.Length));
        foreach (SliceObject slice in all)
            Put(slice, origin);
        EndHolds(all: true);
        if (origin == Origin.FirstList)
            SettleFirst(all);
        else
            Settle();
    }

    /// <summary>This slice is now so.</summary>
    public void Apply(SliceObject slice)
    {
        Put(slice, Origin.Event);
        Settle();
    }

    /// <summary>This slice is gone. Unknown ones are nothing.</summary>
    public void Delete(string name)
    {
        if (_slices.TryGetValue(name, out SliceObject? slice))
            TakeOut(slice);
        Settle();
    }

    /// <summary>Drops the pods that were held long enough, or all that are held.</summary>
    public void EndHolds(bool all = false)
    {
        foreach (string key in _holds.Take(all))
            Resolve(key);
    }

    /// <summary>More is known of nodes.</summary>
    /// <param name="nodes">What is known now.</param>
    /// <param name="changed">The nodes that changed, or null when any may have.</param>
    public void UpdateNodes(NodeTable nodes, IReadOnlyCollection<string>? changed)
    {
        _resolver.Nodes = nodes;
        if (changed is null)
            _touched.UnionWith(_pods.Keys);
        else
            _touched.UnionWith(changed.SelectMany(node => _byNode?.Find(node) ?? []));
        Settle();
    }

    private void Put(SliceObject slice, Origin origin)
    {
        slice.Sequence = ++_sequence;
        _slices.TryGetValue(slice.Name, out SliceObject? before);
        if (before is not null)
            _slicesByType[(int)before.AddressType]--;
        // Only other slices of the same family can take in what this one lost.
        bool mayMove = origin == Origin.Event && before is not null && _slicesByType[(int)before.AddressType] > 0;
        _slicesByType[(int)slice.AddressType]++;
        _slices[slice.Name] = slice;
        bool samePorts = before is not null && ReferenceEquals(before.Ports, slice.Ports);
        for (int i = 0; i < slice.Pods.Length; i++)
            slice.Pods[i] = Keep(slice, before, slice.Pods[i], samePorts, origin);
        for (int i = 0; i < slice.Odd.Length; i++)
            slice.Odd[i] = Keep(slice, before, slice.Odd[i], samePorts, origin);
        if (before is null)
            return;
        foreach (ISliceEndpoint left in before.Endpoints)
        {
            if (ReferenceEquals(left.Slice, before))
                RemoveSource(left, mayMove);
        }
    }

    /// <summary>Takes an endpoint in, or keeps the one that says the same already, so that unchanged pods cost a comparison.</summary>
    private T Keep<T>(SliceObject slice, SliceObject? before, T endpoint, bool samePorts, Origin origin)
        where T : class, ISliceEndpoint
    {
        ref PodSources sources = ref _pods[_pods.FindOrAdd(endpoint.Key)];
        if (before is not null && sources.FindEqual(before, endpoint) is T known)
        {
            known.Slice = slice;
            // Among several sources the newer slice may now win.
            if (!samePorts || sources.Count > 1)
                Touch(known, origin);
            return known;
        }

        if (sources.Count == 0)
            _choice.Add(endpoint.Key);
        sources.Add(endpoint);
        _byNode?.Add(endpoint);
        Touch(endpoint, origin);
        if (origin != Origin.FirstList)
            _holds.Remove(endpoint.Key.ToString()!);
        return endpoint;
    }

    private void TakeOut(SliceObject slice)
    {
        _slices.Remove(slice.Name);
        _slicesByType[(int)slice.AddressType]--;
        foreach (ISliceEndpoint endpoint in slice.Endpoints)
            RemoveSource(endpoint, mayMove: false);
    }

    private void RemoveSource(ISliceEndpoint endpoint, bool mayMove)
    {
        string key = endpoint.Key.ToString()!;
        int place = _pods.Find(endpoint.Key);
        ref PodSources sources = ref _pods[place];
        sources.Remove(endpoint);
        _byNode?.Remove(endpoint, sources);
        bool hold = mayMove && endpoint is { Address: not null, HasName: true, Terminating: false } && !sources.Covers(endpoint.Family);
        if (sources.Count == 0)
        {
            _choice.Remove(endpoint.Key);
            _pods.RemoveAt(place);
        }

        endpoint.Slice = null;
        _touched.Add(key);
        if (hold)
            _mayMove.Add(key);
    }

    private void Touch(ISliceEndpoint endpoint, Origin origin)
    {
        if (origin != Origin.FirstList)
            _touched.Add(endpoint.Key.ToString()!);
    }

    /// <summary>
    /// After a first list everything is new. Endpoints are taken as the slices hold them, which is near the order of a snapshot; one whose
    /// pod has several sources stands for it only where it is the first of them.
    /// </summary>
    private void SettleFirst(IReadOnlyList<SliceObject> all)
    {
        _choice.Decide();
        Warn();
        bool single = _pods.Count == all.Sum(static s => s.Pods.Length + s.Odd.Length);
        PodEndpoint[][] found = new PodEndpoint[all.Count][];
        for (int i = 0; i < found.Length; i++)
            found[i] = ResolveFirst(all[i].Pods, single);
        _builder.SetAll(found);
        foreach (OddEndpoint odd in all.SelectMany(static s => s.Odd))
        {
            if (ResolveFirst(odd, single) is { } endpoint)
                _builder.Set(endpoint);
        }
    }

    /// <summary>The resolved endpoints of one slice: usually the endpoints themselves, and then nothing is copied.</summary>
    private PodEndpoint[] ResolveFirst(SlicePod[] pods, bool single)
    {
        PodEndpoint[] found = pods;
        int count = 0;
        foreach (SlicePod pod in pods)
        {
            PodEndpoint? resolved = ResolveFirst(pod, single);
            if (ReferenceEquals(found, pods) && !ReferenceEquals(resolved, pod))
                found = [.. pods];
            if (resolved is null)
                continue;
            if (!ReferenceEquals(found, pods))
                found[count] = resolved;
            count++;
        }

        return count == found.Length ? found : found[..count];
    }

    private PodEndpoint? ResolveFirst(ISliceEndpoint endpoint, bool single)
    {
        PodSources sources = single ? new PodSources(endpoint) : _pods[_pods.Find(endpoint.Key)];
        if (!ReferenceEquals(sources[0], endpoint))
            return null;
        PodEndpoint? resolved = Resolve(sources, out LeftOutPod? leftOut);
        if (resolved is null)
            _builder.LeaveOut(leftOut!);
        return resolved;
    }

    private void Settle()
    {
        if (_choice.Decide())
            _touched.UnionWith(_pods.Keys);
        foreach (string key in _touched)
        {
            if (_mayMove.Contains(key))
                _holds.Add(key);
            else
                Resolve(key);
        }

        _touched.Clear();
        // A relist may have touched everything; the next event touches a few.
        if (_touched.Capacity > MostKept)
            _touched.TrimExcess();
        _mayMove.Clear();
        Warn();
    }

    private void Resolve(string key)
    {
        int place = _pods.Find(new PodName(key));
        if (place < 0)
            _builder.Remove(key);
        else if (Resolve(_pods[place], out LeftOutPod? leftOut) is { } endpoint)
            _builder.Set(endpoint);
        else
            _builder.LeaveOut(leftOut!);
    }

    private PodEndpoint? Resolve(in PodSources sources, out LeftOutPod? leftOut)
    {
        leftOut = _choice.FindFault(sources[0].Key);
        return leftOut is null ? _resolver.Resolve(sources, out leftOut) : null;
    }

    private void Warn() => _warnings.Set(EndpointWarningKind.SeveralSets, _choice.Warning);
}
