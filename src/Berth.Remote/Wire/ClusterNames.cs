namespace Berth.Remote.Wire;

/// <summary>The names of clusters behind a dispatcher.</summary>
internal static class ClusterNames
{
    /// <summary>
    /// Returns <c>far</c>, <c>east</c> or <c>far/east</c>: the client's name, the stated name, or the stated name after the client's.
    /// </summary>
    public static string? Join(string? own, string? stated) =>
        stated is null ? own : own is null ? stated : $"{own}/{stated}";
}
