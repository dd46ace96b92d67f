namespace Berth;

/// <summary>
/// One of several clusters, as a snapshot of all of them has it: its own pods, its own age, and whether it answers. Immutable.
/// </summary>
public sealed class EndpointCluster
{
    private readonly Func<TimeSpan?> _age;

    internal EndpointCluster(string name, EndpointSnapshot? snapshot, string? reason, bool isTooStale, Func<TimeSpan?> age)
    {
        Name = name;
        Snapshot = snapshot;
        Reason = snapshot is null ? reason : snapshot.StaleReason;
        IsTooStale = isTooStale;
        _age = age;
    }

    /// <summary>The name, such as <c>east</c>; of a cluster behind a dispatcher that follows several itself, <c>far/east</c>.</summary>
    public string Name { get; }

    /// <summary>The pods of this cluster alone, live or stale, or null before its first list.</summary>
    public EndpointSnapshot? Snapshot { get; }

    /// <summary>Why the cluster is stale or has no list yet, as a sentence, or null while it is live.</summary>
    public string? Reason { get; }

    /// <summary>True while the cluster is live: its pods are what its source says now.</summary>
    public bool IsLive => Snapshot is { IsStale: false };

    /// <summary>
    /// True while the cluster is stale and older than <see cref="EndpointDirectoryOptions.MaxStale"/>, so that its pods are not served.
    /// </summary>
    public bool IsTooStale { get; }

    /// <summary>The time since the cluster's source last confirmed its pods, or null before the first list.</summary>
    public TimeSpan? Age => _age();

    /// <summary>The pods that are served, or null when there are none that may be.</summary>
    internal EndpointSnapshot? Served => IsTooStale ? null : Snapshot;

    /// <summary>The cluster for people: <c>east: 2 of 3 available</c>.</summary>
    public override string ToString() => Snapshot is null
        ? $"{Name}: not listed"
        : $"{Name}: {Snapshot.Available.Count} of {Snapshot.Endpoints.Count} available{(Snapshot.IsStale ? ", stale" : "")}";

    /// <summary>True when a reader would see the same of both, except the age.</summary>
    internal bool IsSameAs(EndpointCluster other) =>
        (Name, Reason, IsLive, IsTooStale) == (other.Name, other.Reason, other.IsLive, other.IsTooStale) && HasSamePods(other.Snapshot);

    private bool HasSamePods(EndpointSnapshot? other) =>
        ReferenceEquals(Snapshot?.Endpoints, other?.Endpoints)
        && ReferenceEquals(Snapshot?.LeftOut, other?.LeftOut)
        && ReferenceEquals(Snapshot?.Warnings, other?.Warnings);
}
