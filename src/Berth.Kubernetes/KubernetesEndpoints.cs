using System.Diagnostics.CodeAnalysis;
using Berth.Kubernetes.Access;

namespace Berth.Kubernetes;

/// <summary>The way in: a directory of endpoints over a Kubernetes API, in one call.</summary>
public static class KubernetesEndpoints
{
    /// <summary>
    /// Connects as kubectl would from here: KUBECONFIG, else the service account of the pod this runs in, else <c>~/.kube/config</c>. The environment is
    /// read here and nowhere deeper. Nothing is asked of the cluster before a target is wanted.
    /// </summary>
    /// <param name="options">How addresses are chosen, or null for the defaults.</param>
    /// <param name="directoryOptions">What the directory needs from outside, or null for the defaults.</param>
    /// <returns>The directory, to be disposed by the caller. It disposes the source.</returns>
    /// <exception cref="ClusterAccessException">No cluster is configured, or the one that is cannot be used; the message says what to do.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The composition root for those who use the library alone.")]
    public static EndpointDirectory Connect(KubernetesEndpointSourceOptions? options = null, EndpointDirectoryOptions? directoryOptions = null)
    {
        options ??= new KubernetesEndpointSourceOptions();
        ClusterAccess access = FindAccess(new ClusterAccessOptions { Environment = Environment.GetEnvironmentVariable, Time = options.TimeProvider, Logger = options.Logger });
        return Connect(access, options, directoryOptions);
    }

    /// <summary>Connects to a cluster that has been found already.</summary>
    /// <inheritdoc cref="Connect(KubernetesEndpointSourceOptions?, EndpointDirectoryOptions?)"/>
    /// <param name="access">The cluster.</param>
    /// <param name="options">How addresses are chosen, or null for the defaults.</param>
    /// <param name="directoryOptions">What the directory needs from outside, or null for the defaults.</param>
    public static EndpointDirectory Connect(ClusterAccess access, KubernetesEndpointSourceOptions? options = null, EndpointDirectoryOptions? directoryOptions = null) =>
        new(new KubernetesEndpointSource(access, options), directoryOptions);

    /// <summary>
    /// Finds the cluster. In this order: <see cref="ClusterAccessOptions.Kubeconfig"/>; the files in KUBECONFIG, when it is set (somebody set it
    /// on purpose, so it wins inside a pod as well) ; the service account of the pod this runs in; <c>~/.kube/config</c>. A context that is
    /// asked for by name can only be one of a kubeconfig, so the service account is then passed over.
    /// </summary>
    /// <param name="options">What to look at.</param>
    /// <exception cref="ClusterAccessException">None is there, or the one that is there cannot be used.</exception>
    public static ClusterAccess FindAccess(ClusterAccessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ClusterSearch.Find(options);
    }
}
