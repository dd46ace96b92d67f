namespace Berth.Kubernetes.Access.Kubeconfig;

/// <summary>Where kubectl looks for kubeconfigs, in its order.</summary>
internal static class KubeconfigPaths
{
    /// <summary>The files in KUBECONFIG; none when it is not set.</summary>
    internal static IReadOnlyList<string> FromEnvironment(Func<string, string?> environment) =>
        (environment("KUBECONFIG") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Distinct(StringComparer.Ordinal).ToArray();

    /// <summary><c>~/.kube/config</c>; null when there is no home.</summary>
    internal static string? Default(Func<string, string?> environment)
    {
        string? home = environment("HOME") is { Length: > 0 } unix ? unix : environment("USERPROFILE");
        return string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".kube", "config");
    }
}
