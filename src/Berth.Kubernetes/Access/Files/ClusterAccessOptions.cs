using Berth.Checks;
using Berth.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Kubernetes;

/// <summary>The inputs of <see cref="KubernetesEndpoints.FindAccess"/>. It reads no environment variable except through them.</summary>
public sealed class ClusterAccessOptions
{
    /// <summary>
    /// The path of a kubeconfig file that must exist, as for <c>--kubeconfig</c>. It has precedence over all others. Default: null, for
    /// none. Not empty.
    /// </summary>
    public string? Kubeconfig { get; init; }

    /// <summary>
    /// The context to use, as for <c>--context</c>. It requires a kubeconfig. Default: null, for the kubeconfig's <c>current-context</c>.
    /// Not empty.
    /// </summary>
    public string? Context { get; init; }

    /// <summary>
    /// Returns an environment variable, or null when it is not set. It is called for KUBECONFIG, KUBERNETES_SERVICE_HOST,
    /// KUBERNETES_SERVICE_PORT, HOME, USERPROFILE, PATH, HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Default: an empty environment.
    /// </summary>
    public Func<string, string?> Environment { get; init; } = static _ => null;

    /// <summary>
    /// The folder of the pod's service account with <c>token</c>, <c>ca.crt</c> and <c>namespace</c>. Default:
    /// <c>/var/run/secrets/kubernetes.io/serviceaccount</c>, where Kubernetes mounts it. Not empty.
    /// </summary>
    public string ServiceAccountFolder { get; init; } = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The clock for reading tokens again and for the expiry of plugins' credentials. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Creates the logger <c>Berth.Kubernetes</c>, which reports when a token, CA or certificate file cannot be read again, and when it
    /// can. Default: logs nothing.
    /// </summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>
    /// Receives each line that a login plugin (<c>exec</c>) writes to standard error, at once, because it may ask a person to act. Default:
    /// null, for the logger of <see cref="LoggerFactory"/>. It is called from several threads.
    /// </summary>
    public Action<string>? PluginOutput { get; init; }

    internal ILogger Logger => LoggerFactory.CreateSafeLogger("Berth.Kubernetes");

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.Check(Kubeconfig is not "", "Kubeconfig is empty. Give the path of a kubeconfig, or null for none.");
        faults.Check(Context is not "", "Context is empty. Give the name of a context, or null for the current one.");
        faults.CheckGiven(Environment, nameof(Environment));
        faults.Check(
            !string.IsNullOrEmpty(ServiceAccountFolder),
            "ServiceAccountFolder is empty. Give the path of a folder, or leave the option out for its default.");
        faults.CheckGiven(TimeProvider, nameof(TimeProvider));
        faults.CheckGiven(LoggerFactory, nameof(LoggerFactory));
        return faults.Found;
    }
}
