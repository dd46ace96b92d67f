using Berth.Kubernetes.Slices;
using Berth.Pods;

namespace Berth.Kubernetes.Assembly;

/// <summary>Makes endpoints of the snapshot, pods left out, and warnings of the pods that the slices of a target state.</summary>
internal sealed class PodOutcomes
{
    private readonly PodTable _pods;
    private readonly PodResolver _resolver;
    private readonly SnapshotBuilder _builder;
    private readonly SetChoice _choice;
    private readonly TargetWarnings _warnings;
    private readonly Shadows _shadows;
    private readonly AddressChecks? _checks;

    /// <param name="pods">What the slices state.</param>
    /// <param name="byNode">The pods of each node, where nodes are needed.</param>
    /// <param name="resolver">Makes endpoints of what slices state.</param>
    /// <param name="builder">Takes them.</param>
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

    /// <summary>A pod is stated that was not.</summary>
    public void Add(PodName pod) => _choice.Add(pod);

    /// <summary>A pod is no longer stated.</summary>
    public void Remove(PodName pod) => _choice.Remove(pod);

    /// <summary>Decides again which set is followed. Returns true when it is another: every pod has to be resolved again.</summary>
    public bool Decide() => _choice.Decide();

    /// <summary>True for a pod of the set that is followed.</summary>
    public bool IsFollowed(string key) => _choice.FindFault(new PodName(key)) is null;

    /// <summary>True when slices state the process that is shown of a pod, with other conditions than those that are shown.</summary>
    public bool IsNews(string key, in PodSources sources)
    {
        if (_builder.Find(key) is not { } shown)
            return false;
        ISliceEndpoint lead = PodMerge.Lead(sources);
        bool isSame = shown.Uid is null || !lead.UidValue.IsStated || shown.Uid == lead.UidValue.ToString();
        return isSame && (lead.Terminating != shown.Terminating || lead.Ready != shown.Ready || lead.Serving != shown.Serving);
    }

    /// <summary>
    /// After a first list everything is new. Endpoints are taken as the slices hold them, which is near the order of a snapshot; one whose
    /// pod has several sources stands for it only where it is the first of them.
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

    /// <summary>The resolved endpoints of one slice: usually the endpoints themselves, and then nothing is copied.</summary>
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

    /// <summary>Puts the pod of a name into the snapshot as the slices state it now, leaves it out, or takes it out.</summary>
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
        // A pod of a first list has nothing that was listed before.
        if (key is not null || sources.Count > 1)
            _shadows.Update(key ?? sources[0].Key.ToString()!, sources);
        return leftOut is null ? _resolver.Resolve(sources, out leftOut) : null;
    }

    /// <summary>Says what a person has to look at.</summary>
    /// <param name="frozen">What is to be said of the slices themselves, or null.</param>
    public void Warn(EndpointWarning? frozen)
    {
        _warnings.Set(EndpointWarningKind.SeveralSets, _choice.Warning);
        _warnings.Set(EndpointWarningKind.FrozenSlices, frozen);
        _warnings.Set(EndpointWarningKind.MixedNetworks, _checks?.FindMixed());
        _warnings.Set(EndpointWarningKind.NodeAddressChanged, _checks?.FindMoved());
    }
}
