namespace Berth.LocalCluster.Kinds;

/// <summary>The kind that a CustomResourceDefinition adds, in the version that it is stored in.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Versions">The versions that requests and objects may use.</param>
internal sealed record CustomKind(ResourceKind Kind, IReadOnlyList<string> Versions);
