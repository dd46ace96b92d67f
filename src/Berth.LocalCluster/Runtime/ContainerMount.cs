namespace Berth.LocalCluster.Runtime;

/// <summary>A folder or a file of this machine, and its path in a container.</summary>
internal sealed record ContainerMount(string Source, string Target, bool IsReadOnly);
