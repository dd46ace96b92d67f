namespace Berth.LocalCluster.Runtime;

/// <summary>Everything needed to start one container.</summary>
internal sealed record ContainerLaunch(
    string Name,
    string Executable,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string? WorkingDirectory,
    string Address,
    ContainerLog Log,
    bool RunsToItsEnd = false)
{
    /// <summary>True when its input stays open.</summary>
    public bool HasInput { get; init; }

    /// <summary>The files and folders that it mounts. Parent folders come first.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>Creates an empty folder for assembling its view of the files.</summary>
    public Func<string>? NewScratch { get; init; }
}
