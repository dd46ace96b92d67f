namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Pods that the slices no longer state, but that may be moving to another slice, because the controllers write slices one by one. A held
/// pod stays in the snapshot unchanged until its hold ends; then it leaves.
/// </summary>
internal sealed class PodHolds(TimeProvider time)
{
    /// <summary>
    /// The time that a pod which may be moving between slices is held. The controller writes both slices in one pass, some milliseconds
    /// apart. A quarter of a second also covers a slow API server. It is well below one second, the limit for removing a pod that is gone.
    /// </summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The time that the pods of a deleted slice are held. A slice that was deleted by hand was back after 0.98 s on Kubernetes 1.36.2, and
    /// the slices of a Service that <c>kubectl replace --force</c> made again after 0.53 s at the latest.
    /// </summary>
    public static readonly TimeSpan Deleted = TimeSpan.FromMilliseconds(1500);

    // After its burst the controller writes 20 slices a second: 50 ms each. The last of 13 slices was written after 1.35 s: 104 ms each.
    private static readonly TimeSpan s_perSlice = TimeSpan.FromMilliseconds(125);
    private static readonly TimeSpan s_maxHold = TimeSpan.FromSeconds(30);

    // Null until a pod is held, because there may be 10,000 targets.
    private Dictionary<string, Hold>? _holds;
    private bool _isDealing;
    private long? _dealtAt;

    // The clock of the holds. It is stopped while the API cannot be reached.
    private long? _pausedAt;
    private long _missed;

    /// <summary>
    /// The longest time that pods are held while the controller distributes them over new slices. It does so when a port of the Service
    /// changes; the slices then have different ports for a while.
    /// </summary>
    /// <param name="slices">The number of slices.</param>
    public static TimeSpan LongestDeal(int slices)
    {
        TimeSpan longest = Duration + (s_perSlice * slices);
        return longest < s_maxHold ? longest : s_maxHold;
    }

    /// <summary>True while at least one pod is held.</summary>
    public bool Any => _holds is { Count: > 0 };

    private long Now => (_pausedAt ?? time.GetTimestamp()) - _missed;

    /// <summary>The time until the next hold ends, or null when no pod is held.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            if (_holds is not { Count: > 0 } || _pausedAt is not null)
                return null;
            TimeSpan left = _holds.Values.Min(LeftOfBoth);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Records the arrival of a slice, and whether the slices now have different ports.</summary>
    public void Heard(bool isDealing)
    {
        if (isDealing || _isDealing)
            _dealtAt = Now;
        _isDealing = isDealing;
    }

    /// <summary>
    /// Holds a pod. A held pod is not held longer, unless it is now missing in its other family too: its full time then starts again,
    /// because it is in no slice. Another process of its name, from a slice of lower rank, changes nothing.
    /// </summary>
    /// <param name="key">The pod's name.</param>
    /// <param name="gap">The missing process.</param>
    /// <param name="duration">The duration of the hold.</param>
    /// <param name="slices">The number of slices.</param>
    public void Add(string key, PodGap gap, TimeSpan duration, int slices)
    {
        _holds ??= new Dictionary<string, Hold>(StringComparer.Ordinal);
        Hold hold = new(gap, Now, duration, LongestDeal(slices));
        if (_holds.TryAdd(key, hold))
            return;
        Hold held = _holds[key];
        if (held.Other is null && held.Gap.Family != gap.Family && (held.Gap.IsOf(gap.Uid) || gap.Rank <= held.Gap.Rank))
            held.Other = hold;
    }

    /// <summary>True when the pod is held.</summary>
    public bool Holds(string key) => _holds is { Count: > 0 } && _holds.ContainsKey(key);

    /// <summary>Ends the hold of a held pod in each family in which the slices now state a replacement of the missing process.</summary>
    public void Fill(string key, in PodSources sources)
    {
        Hold hold = _holds![key];
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

    /// <summary>Starts the clock again from where it was stopped.</summary>
    public void Resume()
    {
        if (_pausedAt is not { } paused)
            return;
        _missed += time.GetTimestamp() - paused;
        _pausedAt = null;
    }

    /// <summary>Ends the expired holds, and returns the names of the pods.</summary>
    public IReadOnlyList<string> TakeOver() => Take((_, hold) => LeftOfBoth(hold) <= TimeSpan.Zero);

    /// <summary>Ends the holds of the pods whose names satisfy a condition, and returns the names.</summary>
    public IReadOnlyList<string> Take(Func<string, bool> condition) => Take((key, _) => condition(key));

    /// <summary>Ends the hold of a pod.</summary>
    public void Remove(string key) => _holds?.Remove(key);

    private List<string> Take(Func<string, Hold, bool> condition)
    {
        if (_holds is not { Count: > 0 })
            return [];
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
        // When all slices have the new ports, every pod is in a slice again. Events that are still on the wire have the time of a usual
        // move.
        return _dealtAt is { } dealt && dealt >= hold.Since
            ? Longer(left, Shorter(hold.Longest - held, Duration - time.GetElapsedTime(dealt, Now)))
            : left;
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private sealed record Hold(PodGap Gap, long Since, TimeSpan Duration, TimeSpan Longest)
    {
        /// <summary>Returns the hold in the pod's other family, when it is missing in both.</summary>
        public Hold? Other { get; set; }
    }
}
