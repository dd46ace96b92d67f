using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Objects;

/// <summary>Checks that an object is the one that a change was made for.</summary>
internal static class Precondition
{
    /// <exception cref="ApiException">409: it has another UID.</exception>
    public static void RequireUid(ResourceKind kind, string? @namespace, string name, string? expected, string? actual)
    {
        if (expected is null || expected == actual)
            return;
        string key = $"/registry/{kind.Plural}/{(@namespace is null ? "" : @namespace + "/")}{name}";
        throw ApiException.Conflict(
            kind,
            name,
            $"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, "
            + $"AdditionalErrorMsg: Precondition failed: UID in precondition: {expected}, UID in object meta: {actual}");
    }
}
