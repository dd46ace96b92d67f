using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Kubernetes;

/// <summary>What <see cref="KubernetesEndpoints.FindAccess"/> looks at. Everything ambient comes in here.</summary>
public sealed class ClusterAccessOptions
{
    /// <summary>
    /// An explicit kubeconfig file, as of <c>--kubeconfig</c>. Default: none. It wins over everything else, and it must exist.
    /// </summary>
    public string? Kubeconfig { get; init; }

    /// <summary>
    /// The context to use, as of <c>--context</c>. Default: the kubeconfig's <c>current-context</c>. Setting it asks for a kubeconfig.
    /// </summary>
    public string? Context { get; init; }

    /// <summary>
    /// Reads one environment variable; null when it is not set. Asked for KUBECONFIG, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT, HOME,
    /// USERPROFILE, PATH, HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Default: an empty environment.
    /// </summary>
    public Func<string, string?> Environment { get; init; } = static _ => null;

    /// <summary>
    /// The folder of the pod's service account: <c>token</c>, <c>ca.crt</c>, <c>namespace</c>. Default: where Kubernetes mounts it.
    /// </summary>
    public string ServiceAccountFolder { get; init; } = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The clock by which tokens are read again and plugin credentials expire. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told when a token, CA or certificate file can no longer be read again, and when it can. Default: nobody.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>
    /// Told each line that a login plugin (<c>exec</c>) writes to standard error, at once: it may say what a person is to do. Default: the lines go to
    /// <see cref="Logger"/>. It is called from several threads.
    /// </summary>
    public Action<string>? PluginOutput { get; init; }
}
