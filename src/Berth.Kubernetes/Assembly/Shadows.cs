using Berth.Kubernetes.Slices;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Pods that are hidden by the Service's own pods of the same name. They come from slices of another writer, such as the copy of another
/// cluster's slices. They are listed as left out, each with its slice.
/// </summary>
internal sealed class Shadows(SnapshotBuilder builder)
{
    // The listed pods by name. Null until there is one.
    private Dictionary<string, List<string>>? _listed;

    /// <summary>Lists the other statements about a pod besides its leader. They replace the earlier list.</summary>
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

    /// <summary>Removes the list of a pod.</summary>
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
