namespace Berth.Remote.Wire;

/// <summary>The names of clusters behind a dispatcher.</summary>
internal static class ClusterNames
{
    /// <summary>Returns <c>far</c>, <c>east</c> or <c>far/east</c>: the own name, the stated one, or that behind the own.</summary>
    public static string? Join(string? own, string? stated) =>
        stated is null ? own : own is null ? stated : $"{own}/{stated}";
}
