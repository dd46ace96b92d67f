namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>The paths in which kubectl looks for kubeconfigs, in its order.</summary>
internal static class KubeconfigPaths
{
    /// <summary>Returns the files in KUBECONFIG; none when it is not set.</summary>
    internal static IReadOnlyList<string> FromEnvironment(Func<string, string?> environment) =>
        (environment("KUBECONFIG") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Distinct(StringComparer.Ordinal).ToArray();

    /// <summary>Returns <c>~/.kube/config</c>, or null when there is no home.</summary>
    internal static string? Default(Func<string, string?> environment)
    {
        string? home = environment("HOME") is { Length: > 0 } unix ? unix : environment("USERPROFILE");
        return string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".kube", "config");
    }
}
