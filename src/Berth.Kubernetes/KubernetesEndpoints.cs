using System.Diagnostics.CodeAnalysis;
using Berth.Checks;
using Berth.Kubernetes.Access;

namespace Berth.Kubernetes;

/// <summary>The way in: a directory of endpoints over a Kubernetes API, in one call.</summary>
public static class KubernetesEndpoints
{
    /// <summary>
    /// Connects as kubectl would from here: KUBECONFIG, else the service account of the pod this runs in, else <c>~/.kube/config</c>. The
    /// environment is read here and nowhere deeper. Nothing is asked of the cluster before the first target.
    /// </summary>
    /// <param name="options">How addresses are chosen, or null for the defaults.</param>
    /// <param name="directoryOptions">What the directory needs from outside, or null for the defaults.</param>
    /// <returns>The directory, to be disposed by the caller. It disposes the source.</returns>
    /// <exception cref="ClusterAccessException">No cluster is configured, or the one that is cannot be used; the message says what to
    /// do.</exception>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The composition root for those who use the library alone.")]
    public static EndpointDirectory Connect(
        KubernetesEndpointSourceOptions? options = null, EndpointDirectoryOptions? directoryOptions = null)
    {
        options ??= new KubernetesEndpointSourceOptions();
        OptionFaults.Throw(options.FindFaults(), nameof(options));
        ClusterAccess access = FindAccess(new ClusterAccessOptions
        {
            Environment = Environment.GetEnvironmentVariable,
            TimeProvider = options.TimeProvider,
            LoggerFactory = options.LoggerFactory,
        });
        return Connect(access, options, directoryOptions);
    }

    /// <summary>Connects to a cluster that has been found already.</summary>
    /// <inheritdoc cref="Connect(KubernetesEndpointSourceOptions?, EndpointDirectoryOptions?)"/>
    /// <param name="access">The cluster.</param>
    /// <param name="options">How addresses are chosen, or null for the defaults.</param>
    /// <param name="directoryOptions">What the directory needs from outside, or null for the defaults.</param>
    public static EndpointDirectory Connect(
        ClusterAccess access, KubernetesEndpointSourceOptions? options = null, EndpointDirectoryOptions? directoryOptions = null) =>
        new(new KubernetesEndpointSource(access, options), directoryOptions);

    /// <summary>
    /// Finds the cluster. In this order: <see cref="ClusterAccessOptions.Kubeconfig"/>; the files in KUBECONFIG, when it is set (it was set
    /// on purpose, so it wins inside a pod as well); the service account of the pod this runs in; <c>~/.kube/config</c>. A named context is
    /// always one of a kubeconfig, so the service account is then passed over.
    /// </summary>
    /// <param name="options">What to look at.</param>
    /// <exception cref="ClusterAccessException">None is there, or the one that is there cannot be used.</exception>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public static ClusterAccess FindAccess(ClusterAccessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.Throw(options.FindFaults(), nameof(options));
        return ClusterSearch.Find(options);
    }
}
