namespace Berth;

/// <summary>The difference of one pod between two snapshots.</summary>
/// <param name="Kind">The kind of the change.</param>
/// <param name="Before">The pod before, or null when it joined.</param>
/// <param name="After">The pod after, or null when it left.</param>
public sealed record PodChange(PodChangeKind Kind, PodEndpoint? Before, PodEndpoint? After)
{
    /// <summary>The pod's name.</summary>
    public string Name => (After ?? Before)!.Name;
}
