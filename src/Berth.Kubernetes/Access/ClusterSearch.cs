using Berth.Kubernetes.Access.Kubeconfig;

namespace Berth.Kubernetes.Access;

/// <summary>Finds the cluster to use.</summary>
internal static class ClusterSearch
{
    internal static ClusterAccess Find(ClusterAccessOptions options)
    {
        if (!string.IsNullOrEmpty(options.Kubeconfig))
            return KubeconfigAccess.Load([options.Kubeconfig], options, mustExist: true);

        IReadOnlyList<string> listed = KubeconfigPaths.FromEnvironment(options.Environment);
        if (listed.Count > 0)
            return KubeconfigAccess.Load(listed, options, mustExist: false);

        if (string.IsNullOrEmpty(options.Context) && InClusterAccess.IsPossible(options))
            return InClusterAccess.Load(options);

        string? home = KubeconfigPaths.Default(options.Environment);
        if (home is not null && File.Exists(home))
            return KubeconfigAccess.Load([home], options, mustExist: true);
        throw Nothing(options, home);
    }

    private static ClusterAccessException Nothing(ClusterAccessOptions options, string? home)
    {
        string looked = home is null ? "HOME is not set, so there is no ~/.kube/config" : $"there is no {home}";
        string pod = InClusterAccess.IsPod(options)
            ? $"this is a pod, but it has no service account token in {options.ServiceAccountFolder} "
                + "(is automountServiceAccountToken false?)"
            : "this is not a pod";
        return new ClusterAccessException(
            $"No cluster is configured: KUBECONFIG is not set, {pod}, and {looked}. Name a kubeconfig with --kubeconfig or KUBECONFIG.");
    }
}
