namespace Berth.Kubernetes.Assembly;

/// <summary>
/// Pods that an update of one slice left out, while other slices of the same family could take them in with the next event: the controller
/// writes slices one by one. For <see cref="Duration"/> they are shown as before; then they are gone.
/// </summary>
internal sealed class PodHolds(TimeProvider time)
{
    /// <summary>
    /// How long a pod that may be moving between slices is held. The controller writes both slices in one pass, some milliseconds apart; a
    /// quarter of a second also covers a slow API server, and is well below the second within which a pod that is gone must vanish.
    /// </summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);

    /// <summary>How long until the next one ends, or null when there is none.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            if (_since.Count == 0)
                return null;
            TimeSpan left = Duration - time.GetElapsedTime(_since.Values.Min());
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Holds a pod. One that is held already is not held longer.</summary>
    public void Add(string key) => _since.TryAdd(key, time.GetTimestamp());

    /// <summary>Ends a hold, because more is known.</summary>
    public void Remove(string key) => _since.Remove(key);

    /// <summary>Ends the holds that are over, or all of them, and names the pods.</summary>
    public IReadOnlyList<string> Take(bool all)
    {
        if (_since.Count == 0)
            return [];
        List<string> over = [.. _since.Where(h => all || time.GetElapsedTime(h.Value) >= Duration).Select(static h => h.Key)];
        foreach (string key in over)
            _since.Remove(key);
        return over;
    }
}
