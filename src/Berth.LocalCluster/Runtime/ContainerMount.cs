namespace Berth.LocalCluster.Runtime;

/// <summary>A folder or a file of this machine, and where a container finds it.</summary>
internal sealed record ContainerMount(string Source, string Target, bool IsReadOnly);
