using Berth.Pods;

namespace Berth.Dispatcher.State;

/// <summary>
/// The clashes of ports that concern one target: those inside its snapshot, and those with other targets. They are merged once for each
/// state of both.
/// </summary>
internal sealed class TargetClashes(ServiceTarget target)
{
    private volatile Merged? _merged;
    private volatile Between? _between;

    /// <summary>
    /// Returns the clashes, and the text that they add to an entity tag: nothing when they follow from the snapshot alone.
    /// </summary>
    /// <param name="own">Those inside the snapshot.</param>
    /// <param name="all">Those of the whole directory.</param>
    public (IReadOnlyList<PortClash> Clashes, string Tag) Find(IReadOnlyList<PortClash> own, IReadOnlyList<PortClash> all)
    {
        if (all.Count == 0)
            return (own, "");
        if (_merged is not { } merged || !ReferenceEquals(merged.Own, own) || !ReferenceEquals(merged.All, all))
            _merged = merged = Merge(own, all);
        return (merged.Clashes, merged.Tag);
    }

    /// <summary>The clashes with other targets: the same object while they are the same.</summary>
    /// <param name="all">Those of the whole directory.</param>
    public IReadOnlyList<PortClash> FindOthers(IReadOnlyList<PortClash> all)
    {
        Between? before = _between;
        if (before is not null && ReferenceEquals(before.All, all))
            return before.Others;
        IReadOnlyList<PortClash> others = Others(all);
        if (before is not null && TextsOf(others).SequenceEqual(TextsOf(before.Others), StringComparer.Ordinal))
            others = before.Others;
        _between = new Between(all, others);
        return others;
    }

    private static IEnumerable<string> TextsOf(IReadOnlyList<PortClash> clashes) => clashes.Select(static clash => clash.ToString());

    private PortClash[] Others(IReadOnlyList<PortClash> all) =>
        [.. all.Where(clash => clash.IsBetweenTargets && clash.Claims.Any(claim => claim.Target == target))];

    private Merged Merge(IReadOnlyList<PortClash> own, IReadOnlyList<PortClash> all)
    {
        PortClash[] others = Others(all);
        if (others.Length == 0)
            return new Merged(own, all, own, "");
        IEnumerable<PortClash> inside = own.Where(clash => !Array.Exists(
            others, other => other.Port == clash.Port && other.Protocol == clash.Protocol && other.Address.Equals(clash.Address)));
        return new Merged(own, all, [.. inside, .. others], $"-{KeyHash.Of(string.Join('\n', TextsOf(others))):x}");
    }

    private sealed record Between(IReadOnlyList<PortClash> All, IReadOnlyList<PortClash> Others);

    private sealed record Merged(IReadOnlyList<PortClash> Own, IReadOnlyList<PortClash> All, IReadOnlyList<PortClash> Clashes, string Tag);
}
