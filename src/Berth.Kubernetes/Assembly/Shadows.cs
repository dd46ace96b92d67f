using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Processes that a slice of something else states under the name of a pod that the controller's own slice states otherwise: such as the
/// copy of another cluster's slices. They are listed among the pods left out, each with the slice that states it.
/// </summary>
internal sealed class Shadows(SnapshotBuilder builder)
{
    // By the name of the pod, what is listed. Null until there is one.
    private Dictionary<string, List<string>>? _listed;

    /// <summary>Lists what is stated of a pod beside its leader, in place of what was listed before.</summary>
    public void Update(string key, in PodSources sources)
    {
        if (sources.Count < 2)
        {
            Clear(key);
            return;
        }

        ISliceEndpoint leader = PodMerge.Lead(sources);
        List<LeftOutPod> now = [];
        for (int i = 0; i < sources.Count; i++)
        {
            if (PodMerge.IsShadowed(sources[i], leader))
                now.Add(Describe(key, sources[i], leader));
        }

        if (_listed?.GetValueOrDefault(key) is { } before && !before.SequenceEqual(now.Select(static pod => pod.Name)))
            Clear(key);
        if (now.Count == 0)
            return;
        foreach (LeftOutPod pod in now)
            builder.LeaveOut(pod);
        _listed ??= new Dictionary<string, List<string>>(StringComparer.Ordinal);
        _listed[key] = [.. now.Select(static pod => pod.Name)];
    }

    /// <summary>Lists nothing of a pod.</summary>
    public void Clear(string key)
    {
        if (_listed is null || !_listed.Remove(key, out List<string>? names))
            return;
        foreach (string name in names)
            builder.Remove(name);
    }

    private static LeftOutPod Describe(string key, ISliceEndpoint shadowed, ISliceEndpoint leader) => new(
        $"{key} (slice {shadowed.Slice!.Name})",
        LeftOutReason.OtherSource,
        $"slice {shadowed.Slice.Name} states {key} at {shadowed.Address}, and slice {leader.Slice!.Name} {OriginOf(leader.Slice)} "
            + $"states it at {leader.Address}");

    private static string OriginOf(SliceObject slice) => slice.Rank switch
    {
        0 => "of the Service's own controller",
        1 => "of the controller that copies Endpoints",
        _ => slice.Origin.Length == 0 ? "without a manager, which comes first," : $"from {slice.Origin}, which comes first by its name,",
    };
}
