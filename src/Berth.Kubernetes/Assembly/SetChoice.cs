using Berth.Pods;

namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Decides which StatefulSet a target follows. A Service's slices contain every pod that matches its selector, so they may contain pods of
/// several sets. The first of these rules that applies:
/// <list type="number">
/// <item>the set that the options name;</item>
/// <item>the set with the Service's own name;</item>
/// <item>of the sets that have at least two thirds as many pods as the largest, the first by name.</item>
/// </list>
/// The decision depends only on the present pods, so that every client decides alike. With the limit of two thirds, a rolling restart of
/// one of two equal sets does not move clients to the other. Not safe for several threads.
/// </summary>
/// <param name="target">The target.</param>
/// <param name="named">The set that the options name, or null.</param>
/// <param name="isNeeded">False when ports do not follow from ordinals. Pods of any name are then followed.</param>
internal sealed class SetChoice(ServiceTarget target, string? named, bool isNeeded)
{
    // There is nearly always one, so a list is enough.
    private readonly List<PodSet> _sets = new(1);
    private PodSet? _followed;
    // The prefix of the last pod, and its set. Nearly every pod has the same prefix, so a comparison of references finds the set.
    private PodNamePrefix? _lastPrefix;
    private PodSet? _lastSet;
    // The text for the pods of one other set, so that a thousand pods share one text.
    private Strangers? _strangers;
    private bool _changed;

    /// <summary>The warning about several sets, or null.</summary>
    public EndpointWarning? Warning { get; private set; }

    /// <summary>Adds a new pod.</summary>
    public void Add(PodName pod)
    {
        if (!isNeeded || FindOrAdd(pod, out int ordinal) is not { } set)
            return;
        set.Add(ordinal);
        // With a single set there is no warning to update.
        _changed |= _followed is null || _sets.Count > 1;
    }

    /// <summary>Removes a pod that is gone.</summary>
    public void Remove(PodName pod)
    {
        if (!isNeeded || FindOrAdd(pod, out int ordinal) is not { } set)
            return;
        set.Remove(ordinal);
        _changed |= set.PlainCount == 0 || _sets.Count > 1;
    }

    /// <summary>Decides again after pods have come or gone.</summary>
    /// <returns>True when another set is followed. Every pod must then be resolved again.</returns>
    public bool Decide()
    {
        if (!_changed)
            return false;
        _changed = false;
        PodSet? before = _followed;
        _followed = Choose();
        _sets.RemoveAll(static set => set.Count == 0);
        (_lastPrefix, _lastSet) = (null, null);
        Warning = named is null && _sets.Count > 1 && _followed is not null ? Warn(_followed) : null;
        return before != _followed;
    }

    /// <summary>Returns the reason why a pod is not in the followed set, or null when it is.</summary>
    public LeftOutPod? FindFault(PodName pod)
    {
        if (!isNeeded || IsFollowed(pod.Prefix) || !TryReadStem(pod, out ReadOnlySpan<char> stem, out _)
            || stem.SequenceEqual(named ?? _followed?.Name))
            return null;
        if (_strangers is not { } strangers || strangers.Followed != _followed || !stem.SequenceEqual(strangers.Set))
            _strangers = strangers = new Strangers(stem.ToString(), _followed, Describe(stem.ToString()));
        return new LeftOutPod(pod.ToString()!, LeftOutReason.OtherSet, strangers.Detail);
    }

    /// <summary>Reads a name in either form. A name without an ordinal has no stem, nor has a pod of another namespace.</summary>
    private static bool TryReadStem(PodName pod, out ReadOnlySpan<char> stem, out int ordinal)
    {
        if (pod.Prefix is { } prefix)
        {
            stem = prefix.Text.AsSpan()[..^1];
            ordinal = pod.Number;
            return true;
        }

        stem = default;
        ordinal = 0;
        return pod.Text is { } name && !name.Contains('/', StringComparison.Ordinal)
            && PodOrdinal.TryReadStem(name, out stem, out ordinal);
    }

    private string Describe(string set)
    {
        string remedy = "name the set with the option StatefulSetName (--stateful-set) if it is another";
        return named is not null ? $"it belongs to '{set}', and the StatefulSet '{named}' is asked for"
            : _followed is null
                ? $"its name ends like a generated one, and no other pod of '{set}' shows that it is a StatefulSet; {remedy}"
                : $"it belongs to '{set}', and the pods of this target are those of the StatefulSet '{_followed.Name}'; {remedy}";
    }

    /// <summary>True when the prefix is that of the followed set; false when the names must be compared.</summary>
    private bool IsFollowed(PodNamePrefix? prefix)
    {
        if (prefix is null || named is not null || _followed is null)
            return false;
        if (ReferenceEquals(prefix, _lastPrefix))
            return _lastSet == _followed;
        if (!prefix.Text.AsSpan()[..^1].SequenceEqual(_followed.Name))
            return false;
        (_lastPrefix, _lastSet) = (prefix, _followed);
        return true;
    }

    private PodSet? FindOrAdd(PodName pod, out int ordinal)
    {
        if (pod.Prefix is { } prefix && ReferenceEquals(prefix, _lastPrefix))
        {
            ordinal = pod.Number;
            return _lastSet;
        }

        if (!TryReadStem(pod, out ReadOnlySpan<char> stem, out ordinal))
            return null;
        PodSet found = FindOrAdd(stem);
        if (pod.Prefix is not null)
            (_lastPrefix, _lastSet) = (pod.Prefix, found);
        return found;
    }

    private PodSet FindOrAdd(ReadOnlySpan<char> stem)
    {
        foreach (PodSet set in _sets)
        {
            if (stem.SequenceEqual(set.Name))
                return set;
        }

        PodSet added = new(stem.ToString());
        _sets.Add(added);
        return added;
    }

    private PodSet? Choose()
    {
        // There is nearly always one, and ten thousand targets are listed at once.
        if (_sets is [PodSet only])
            return only.PlainCount > 0 ? only : null;
        PodSet[] sets = [.. _sets.Where(static set => set.PlainCount > 0)];
        if (sets.Length == 0)
            return null;
        int most = sets.Max(static set => set.Count);
        return Array.Find(sets, set => set.Name == target.Service)
            ?? sets.Where(set => set.Count * 3L >= most * 2L).MinBy(static set => set.Name, StringComparer.Ordinal);
    }

    private EndpointWarning Warn(PodSet followed)
    {
        string[] others = [.. _sets.Where(set => set != followed).Select(static set => $"'{set.Name}'")
            .Order(StringComparer.Ordinal)];
        return new EndpointWarning(
            EndpointWarningKind.SeveralSets,
            $"Pods of '{followed.Name}' and of {NameList.Of(others)} match the Service's selector. Those of '{followed.Name}' are "
            + "followed, the others are left out. Give the Service a selector that only the pods of one StatefulSet match, or "
            + "name the set with the option StatefulSetName (--stateful-set).");
    }

    private sealed record Strangers(string Set, PodSet? Followed, string Detail);
}
