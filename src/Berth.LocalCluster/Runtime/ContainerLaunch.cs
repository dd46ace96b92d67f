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
    bool RunsToItsEnd = false);
