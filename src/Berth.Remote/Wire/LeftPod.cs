namespace Berth.Remote.Wire;

/// <summary>A pod that left.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cluster">The cluster that it was in, or null when only one is followed.</param>
internal readonly record struct LeftPod(string Name, string? Cluster)
{
    public override string ToString() => Name;
}
