namespace Berth.Kubernetes.Cases;

/// <summary>
/// The rules that cases are held against. The defaults are what the documents promise; a test of this test plays cases against others, and
/// each of those must be found wrong.
/// </summary>
internal sealed record CaseRules
{
    /// <summary>The time for which a pod is held that may be moving to another slice.</summary>
    public TimeSpan Move { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The time for which the pods of a deleted slice are held.</summary>
    public TimeSpan Deleted { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>The time that a port edit adds to that of a move, for each slice.</summary>
    public TimeSpan ForEachSlice { get; init; } = TimeSpan.FromMilliseconds(125);

    /// <summary>True when a slice of the Service's own controller counts before those of others.</summary>
    public bool OwnSlicesCountFirst { get; init; } = true;

    /// <summary>True when slices without an owner are told of.</summary>
    public bool OrphansAreTold { get; init; } = true;

    /// <summary>True when mirrored slices beside the controller's are told of.</summary>
    public bool MirrorsAreTold { get; init; } = true;

    /// <summary>True when pods of something else are left out.</summary>
    public bool StrangersAreLeftOut { get; init; } = true;

    /// <summary>True when a pod must serve before clients get it.</summary>
    public bool ServingCounts { get; init; } = true;

    /// <summary>True when a hold stands still while the API says nothing.</summary>
    public bool SilenceStopsHolds { get; init; } = true;
}
