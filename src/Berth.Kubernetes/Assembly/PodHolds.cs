namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Pods that the slices no longer state, but that may only be on their way: the controllers write slices one by one. They are shown as
/// before until their hold is over; then they are gone.
/// </summary>
internal sealed class PodHolds(TimeProvider time)
{
    /// <summary>
    /// The time that a pod which may be moving between slices is held. The controller writes both slices in one pass, some milliseconds
    /// apart. A quarter of a second also covers a slow API server, and is well below the second within which a pod that is gone must
    /// vanish.
    /// </summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The time that the pods of a deleted slice are held. A slice that was deleted by hand was back after 0.98 s on Kubernetes 1.36.2, and
    /// the slices of a Service that <c>kubectl replace --force</c> made again after 0.53 s at the latest.
    /// </summary>
    public static readonly TimeSpan Deleted = TimeSpan.FromMilliseconds(1500);

    // After its burst the controller writes 20 slices a second: 50 ms each. Of 13 slices the last was written after 1.35 s, 104 ms each.
    private static readonly TimeSpan s_perSlice = TimeSpan.FromMilliseconds(125);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Hold> _holds = new(StringComparer.Ordinal);
    private bool _isDealing;
    private long? _dealtAt;

    // The clock of the holds: it stands still while the API cannot be heard.
    private long? _pausedAt;
    private long _missed;

    /// <summary>
    /// The longest time that pods are held while the controller deals them out again: it does so when a port of the Service changes, and
    /// meanwhile the slices have different ports.
    /// </summary>
    /// <param name="slices">How many slices there are.</param>
    public static TimeSpan LongestDeal(int slices)
    {
        TimeSpan longest = Duration + (s_perSlice * slices);
        return longest < s_longest ? longest : s_longest;
    }

    /// <summary>True while some pod is held.</summary>
    public bool Any => _holds.Count > 0;

    private long Now => (_pausedAt ?? time.GetTimestamp()) - _missed;

    /// <summary>The time until the next hold ends, or null without one.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            if (_holds.Count == 0 || _pausedAt is not null)
                return null;
            TimeSpan left = _holds.Values.Min(LeftOfBoth);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Notes that a slice has come, and whether the slices have different ports now.</summary>
    public void Heard(bool isDealing)
    {
        if (isDealing || _isDealing)
            _dealtAt = Now;
        _isDealing = isDealing;
    }

    /// <summary>
    /// Holds a pod. One that is held already is not held longer, unless it is now missing in its other family too: a pod that is in no
    /// slice has its whole time from then on. Another process of its name that a slice of lower rank no longer states changes nothing.
    /// </summary>
    /// <param name="key">The pod's name.</param>
    /// <param name="gap">What is no longer stated of it.</param>
    /// <param name="duration">How long.</param>
    /// <param name="slices">How many slices there are.</param>
    public void Add(string key, PodGap gap, TimeSpan duration, int slices)
    {
        Hold hold = new(gap, Now, duration, LongestDeal(slices));
        if (_holds.TryAdd(key, hold))
            return;
        Hold held = _holds[key];
        if (held.Other is null && held.Gap.Family != gap.Family && (held.Gap.IsOf(gap.Uid) || gap.Rank <= held.Gap.Rank))
            held.Other = hold;
    }

    /// <summary>True for a pod that is held.</summary>
    public bool Holds(string key) => Any && _holds.ContainsKey(key);

    /// <summary>Ends the hold of a pod in each family where what slices state of it takes the place of what they no longer state.</summary>
    public void Fill(string key, in PodSources sources)
    {
        Hold hold = _holds[key];
        if (hold.Other is { } other && sources.Fills(other.Gap))
            hold.Other = null;
        if (!sources.Fills(hold.Gap))
            return;
        if (hold.Other is { } left)
            _holds[key] = left;
        else
            _holds.Remove(key);
    }

    /// <summary>Stops the clock.</summary>
    public void Pause() => _pausedAt ??= time.GetTimestamp();

    /// <summary>Lets the clock go on from where it was stopped.</summary>
    public void Resume()
    {
        if (_pausedAt is not { } paused)
            return;
        _missed += time.GetTimestamp() - paused;
        _pausedAt = null;
    }

    /// <summary>Ends the holds that are over, and names the pods.</summary>
    public IReadOnlyList<string> TakeOver() => Take((_, hold) => LeftOfBoth(hold) <= TimeSpan.Zero);

    /// <summary>Ends the holds of the pods whose names satisfy a condition, and names them.</summary>
    public IReadOnlyList<string> Take(Func<string, bool> condition) => Take((key, _) => condition(key));

    /// <summary>Ends the hold of a pod.</summary>
    public void Remove(string key) => _holds.Remove(key);

    private List<string> Take(Func<string, Hold, bool> condition)
    {
        List<string> taken = [.. _holds.Where(held => condition(held.Key, held.Value)).Select(static held => held.Key)];
        foreach (string key in taken)
            _holds.Remove(key);
        return taken;
    }

    private TimeSpan LeftOfBoth(Hold hold) => hold.Other is { } other ? Longer(LeftOf(hold), LeftOf(other)) : LeftOf(hold);

    private TimeSpan LeftOf(Hold hold)
    {
        TimeSpan held = time.GetElapsedTime(hold.Since, Now);
        TimeSpan left = hold.Duration - held;
        if (_isDealing)
            return Longer(left, hold.Longest - held);
        // Every pod is in a slice again once all have the new ports. What is still on the wire has as long as any move.
        return _dealtAt is { } dealt && dealt >= hold.Since
            ? Longer(left, Shorter(hold.Longest - held, Duration - time.GetElapsedTime(dealt, Now)))
            : left;
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private sealed record Hold(PodGap Gap, long Since, TimeSpan Duration, TimeSpan Longest)
    {
        /// <summary>The hold in the pod's other family, where it is missing in both.</summary>
        public Hold? Other { get; set; }
    }
}
