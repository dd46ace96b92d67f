using System.Diagnostics.CodeAnalysis;
using Berth.Checks;
using Berth.Kubernetes.Access;

namespace Berth.Kubernetes;

/// <summary>Opens a directory of endpoints over a Kubernetes API, in one call.</summary>
public static class KubernetesEndpoints
{
    /// <summary>
    /// Connects as kubectl does: KUBECONFIG, else the service account of this pod, else <c>~/.kube/config</c>. Only this method reads the
    /// environment. It sends no request before the first target.
    /// </summary>
    /// <param name="options">The options of the source, or null for the defaults.</param>
    /// <param name="directoryOptions">The options of the directory, or null for the defaults.</param>
    /// <returns>The directory. Dispose it; it disposes the source.</returns>
    /// <exception cref="ClusterAccessException">
    /// No cluster is configured, or its configuration has a fault. The message says what to do.
    /// </exception>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The composition root for those who use the library alone.")]
    public static EndpointDirectory Connect(
        KubernetesEndpointSourceOptions? options = null, EndpointDirectoryOptions? directoryOptions = null)
    {
        options ??= new KubernetesEndpointSourceOptions();
        Check(options, directoryOptions);
        ClusterAccess access = FindAccess(new ClusterAccessOptions
        {
            Environment = Environment.GetEnvironmentVariable,
            TimeProvider = options.TimeProvider,
            LoggerFactory = options.LoggerFactory,
        });
        return Connect(access, options, directoryOptions);
    }

    /// <summary>Connects to a given cluster.</summary>
    /// <inheritdoc cref="Connect(KubernetesEndpointSourceOptions?, EndpointDirectoryOptions?)"/>
    /// <param name="access">The cluster.</param>
    /// <param name="options">The options of the source, or null for the defaults.</param>
    /// <param name="directoryOptions">The options of the directory, or null for the defaults.</param>
    public static EndpointDirectory Connect(
        ClusterAccess access, KubernetesEndpointSourceOptions? options = null, EndpointDirectoryOptions? directoryOptions = null)
    {
        ArgumentNullException.ThrowIfNull(access);
        options ??= new KubernetesEndpointSourceOptions();
        Check(options, directoryOptions);
        return new EndpointDirectory(new KubernetesEndpointSource(access, options), directoryOptions);
    }

    /// <summary>
    /// Finds the cluster. In this order: <see cref="ClusterAccessOptions.Kubeconfig"/>; the files in KUBECONFIG, if it is set (also inside
    /// a pod, because it was set on purpose); the service account of this pod; <c>~/.kube/config</c>. A named context belongs to a
    /// kubeconfig, so the service account is then skipped.
    /// </summary>
    /// <param name="options">The inputs of the search.</param>
    /// <exception cref="ClusterAccessException">No cluster is configured, or its configuration has a fault.</exception>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public static ClusterAccess FindAccess(ClusterAccessOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.Throw(options.FindFaults(), nameof(options));
        return ClusterSearch.Find(options);
    }

    /// <summary>Checks both options before the source is created, because no caller could dispose it.</summary>
    private static void Check(KubernetesEndpointSourceOptions options, EndpointDirectoryOptions? directoryOptions) => OptionFaults.Throw(
        [.. options.FindFaults(), .. (directoryOptions ?? new EndpointDirectoryOptions()).FindFaults()], nameof(options));
}
