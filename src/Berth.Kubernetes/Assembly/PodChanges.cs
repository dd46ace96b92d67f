namespace Berth.Kubernetes.Assembly;

/// <summary>
/// The pods that changes of slices concern, until a table has settled them. A table creates it at its first change, because there may be
/// 10,000 tables.
/// </summary>
internal sealed class PodChanges
{
    private const int MaxKept = 4096;

    /// <summary>The pods that must be resolved again.</summary>
    public HashSet<string> Touched { get; } = new(StringComparer.Ordinal);

    /// <summary>The pods to hold because a slice no longer states them, with their former statement and the duration.</summary>
    public List<(string Key, PodGap Gap, TimeSpan Hold)> MayMove { get; } = [];

    /// <summary>The held pods that no slice states. They still count as pods of their set.</summary>
    public HashSet<string> Unstated { get; } = new(StringComparer.Ordinal);

    /// <summary>Forgets what is settled. A list may have touched every pod. An event touches a few.</summary>
    public void Settle()
    {
        Touched.Clear();
        if (Touched.Capacity > MaxKept)
            Touched.TrimExcess();
        if (MayMove.Capacity > MaxKept)
            MayMove.TrimExcess();
    }
}
