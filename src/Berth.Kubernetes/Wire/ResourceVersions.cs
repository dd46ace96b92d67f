namespace Berth.Kubernetes.Wire;

/// <summary>
/// Compares resource versions. They are decimal numbers of any length that only grow within one kind of object. KEP-5504 promises that, and
/// etcd revisions have always been such numbers. Other texts can only be equal or not.
/// </summary>
internal static class ResourceVersions
{
    /// <summary>Orders two versions.</summary>
    /// <returns>Below 0, 0 or above 0, or null when they cannot be compared.</returns>
    public static int? Compare(string? left, string? right)
    {
        if (string.Equals(left, right, StringComparison.Ordinal))
            return 0;
        if (!IsNumber(left) || !IsNumber(right))
            return null;
        return left!.Length != right!.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
    }

    /// <summary>True when the first is known to be older than the second.</summary>
    public static bool IsOlder(string? left, string? right) => Compare(left, right) < 0;

    private static bool IsNumber(string? version) =>
        !string.IsNullOrEmpty(version) && (version[0] != '0' || version.Length == 1)
            && !version.AsSpan().ContainsAnyExceptInRange('0', '9');
}
