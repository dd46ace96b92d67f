using Berth.LocalCluster.Kinds;

namespace Berth.LocalCluster.Access;

/// <summary>The parts of an API path: a kind, and optionally a namespace, an object and a subresource.</summary>
internal sealed record RequestTarget(ResourceKind Kind, string? Namespace, string? Name, string? Subresource)
{
    /// <summary>Null when the path does not name an object or a collection.</summary>
    public static RequestTarget? Parse(string path, KindSet kinds)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        (string? group, string version, int taken) = parts switch
        {
            ["api", "v1", ..] => ("", "v1", 2),
            ["apis", var name, var served, ..] => (name, served, 3),
            _ => (null, "", 0),
        };
        if (group is null)
            return null;
        ReadOnlySpan<string> rest = parts.AsSpan(taken);
        string? @namespace = null;
        if (rest is ["namespaces", _, _, ..] && !(group.Length == 0 && rest[2] is "status" or "finalize"))
        {
            @namespace = rest[1];
            rest = rest[2..];
        }

        if (rest is not [string plural, ..] || rest.Length > 3 || kinds.ByPlural(group, version, plural) is not { } kind)
            return null;
        if (@namespace is not null && !kind.Namespaced)
            return null;
        return new(kind, @namespace, rest.Length > 1 ? Uri.UnescapeDataString(rest[1]) : null, rest.Length > 2 ? rest[2] : null);
    }
}
