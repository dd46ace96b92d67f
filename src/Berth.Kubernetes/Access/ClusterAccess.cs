using Berth.Kubernetes.Access.Credentials;
using Berth.Kubernetes.Access.Kubeconfig;
using Berth.Kubernetes.Access.Trust;

namespace Berth.Kubernetes.Access;

/// <summary>
/// What a connection to a cluster needs: the address of its API server, whom to trust there, and who we are. It holds secrets and prints none.
/// </summary>
public sealed class ClusterAccess
{
    internal ClusterAccess()
    {
    }

    /// <summary>The API server's address: http or https, with the path prefix, if it has one.</summary>
    public required Uri Server { get; init; }

    /// <summary>The namespace used where none is named: the pod's own, the context's, or <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Where this was found, to be printed: <c>kubeconfig /home/me/.kube/config, context dev</c>.</summary>
    public required string Source { get; init; }

    /// <summary>How the server proves who it is. Not looked at over plain HTTP.</summary>
    internal ServerTrust Trust { get; init; } = ServerTrust.System;

    /// <summary>The certificate we show, if one is configured.</summary>
    internal ClientCertificate? Certificate { get; init; }

    /// <summary>Who we say we are in each request.</summary>
    internal ICredentialSource Credentials { get; init; } = FixedCredential.Anonymous;

    /// <summary>
    /// Finds the cluster. In this order: <see cref="ClusterAccessOptions.Kubeconfig"/>; the files in KUBECONFIG, when it is set (somebody set it
    /// on purpose, so it wins inside a pod as well) ; the service account of the pod this runs in; <c>~/.kube/config</c>. A context that is
    /// asked for by name can only be one of a kubeconfig, so the service account is then passed over.
    /// </summary>
    /// <param name="options">What to look at.</param>
    /// <exception cref="ClusterAccessException">None is there, or the one that is there cannot be used.</exception>
    public static ClusterAccess Find(ClusterAccessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
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

    /// <summary>The server and where it was found; never a credential.</summary>
    public override string ToString() => $"{Server} ({Source})";

    private static ClusterAccessException Nothing(ClusterAccessOptions options, string? home)
    {
        string looked = home is null ? "HOME is not set, so there is no ~/.kube/config" : $"there is no {home}";
        string pod = InClusterAccess.IsPod(options)
            ? $"this is a pod, but it has no service account token in {options.ServiceAccountFolder} (is automountServiceAccountToken false?)"
            : "this is not a pod";
        return new ClusterAccessException(
            $"No cluster is configured: KUBECONFIG is not set, {pod}, and {looked}. Name a kubeconfig with --kubeconfig or KUBECONFIG.");
    }
}
