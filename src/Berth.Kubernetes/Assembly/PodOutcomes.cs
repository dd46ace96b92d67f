using Berth.Kubernetes.Slices;
using Berth.Pods;

namespace Berth.Kubernetes.Assembly;

/// <summary>Turns the pods that the slices of a target state into endpoints of the snapshot, pods left out, and warnings.</summary>
internal sealed class PodOutcomes
{
    private readonly PodTable _pods;
    private readonly PodResolver _resolver;
    private readonly SnapshotBuilder _builder;
    private readonly SetChoice _choice;
    private readonly TargetWarnings _warnings;
    private readonly Shadows _shadows;
    private readonly AddressChecks? _checks;

    /// <param name="pods">The pods that the slices state.</param>
    /// <param name="byNode">The pods of each node, when nodes are needed.</param>
    /// <param name="resolver">Resolves pods to endpoints.</param>
    /// <param name="builder">Receives them.</param>
    /// <param name="setName">The StatefulSet whose pods are wanted, or null to decide by the rule of <see cref="SetChoice"/>.</param>
    public PodOutcomes(PodTable pods, PodsByNode? byNode, PodResolver resolver, SnapshotBuilder builder, string? setName)
    {
        _pods = pods;
        _resolver = resolver;
        _builder = builder;
        _choice = new SetChoice(resolver.Target, setName, resolver.NeedsOrdinal);
        _warnings = new TargetWarnings(builder);
        _shadows = new Shadows(builder);
        if (byNode is not null)
            resolver.Checks = _checks = new AddressChecks(byNode);
    }

    /// <summary>Adds a pod that the slices did not state before.</summary>
    public void Add(PodName pod) => _choice.Add(pod);

    /// <summary>Removes a pod that the slices no longer state.</summary>
    public void Remove(PodName pod) => _choice.Remove(pod);

    /// <summary>
    /// Decides again which set is followed. Returns true when the set has changed; every pod must then be resolved again.
    /// </summary>
    public bool Decide() => _choice.Decide();

    /// <summary>True for a pod of the followed set.</summary>
    public bool IsFollowed(string key) => _choice.FindFault(new PodName(key)) is null;

    /// <summary>True when the slices state other conditions than the snapshot for the same process of a pod.</summary>
    public bool IsNews(string key, in PodSources sources)
    {
        if (_builder.Find(key) is not { } shown)
            return false;
        ISliceEndpoint lead = PodMerge.Lead(sources);
        bool isSame = shown.Uid is null || !lead.UidValue.IsStated || shown.Uid == lead.UidValue.ToString();
        return isSame && (lead.Terminating != shown.Terminating || lead.Ready != shown.Ready || lead.Serving != shown.Serving);
    }

    /// <summary>
    /// Resolves everything after the first list. It takes the endpoints in the order of the slices, which is close to that of a snapshot.
    /// If a pod has several endpoints, only the first one stands for it here.
    /// </summary>
    public void ResolveFirst(IReadOnlyList<SliceObject> all)
    {
        _choice.Decide();
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

    /// <summary>Returns the resolved endpoints of one slice. Usually these are the endpoints themselves, without a copy.</summary>
    private PodEndpoint[] ResolveFirst(SlicePod[] pods, bool single)
    {
        PodEndpoint[] found = pods;
        int count = 0;
        foreach (SlicePod pod in pods)
        {
            PodEndpoint? resolved = single && _choice.FindFault(pod.Key) is null && _resolver.TryTake(pod)
                ? pod
                : ResolveFirst(pod, single);
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
        PodEndpoint? resolved = Resolve(null, sources, out LeftOutPod? leftOut);
        if (resolved is null)
            _builder.LeaveOut(leftOut!);
        return resolved;
    }

    /// <summary>Updates the pod of a name from the slices: adds it to the snapshot, leaves it out, or removes it.</summary>
    public void Resolve(string key)
    {
        int slot = _pods.Find(new PodName(key));
        if (slot < 0)
        {
            _shadows.Clear(key);
            _checks?.Forget(key);
            _builder.Remove(key);
        }
        else if (Resolve(key, _pods[slot], out LeftOutPod? leftOut) is { } endpoint)
        {
            _builder.Set(endpoint);
        }
        else
        {
            _builder.LeaveOut(leftOut!);
        }
    }

    private PodEndpoint? Resolve(string? key, in PodSources sources, out LeftOutPod? leftOut)
    {
        leftOut = _choice.FindFault(sources[0].Key);
        // A pod of the first list has no earlier entry to remove.
        if (key is not null || sources.Count > 1)
            _shadows.Update(key ?? sources[0].Key.ToString()!, sources);
        return leftOut is null ? _resolver.Resolve(sources, out leftOut) : null;
    }

    /// <summary>Updates the warnings.</summary>
    /// <param name="frozen">The warning about the slices themselves, or null.</param>
    public void Warn(EndpointWarning? frozen)
    {
        _warnings.Set(EndpointWarningKind.SeveralSets, _choice.Warning);
        _warnings.Set(EndpointWarningKind.FrozenSlices, frozen);
        _warnings.Set(EndpointWarningKind.MixedNetworks, _checks?.FindMixed());
        _warnings.Set(EndpointWarningKind.NodeAddressChanged, _checks?.FindMoved());
    }
}
