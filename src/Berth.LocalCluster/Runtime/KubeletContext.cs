using Berth.LocalCluster.Access;
using Berth.LocalCluster.Controllers;

namespace Berth.LocalCluster.Runtime;

/// <summary>The services that every pod's worker needs.</summary>
internal sealed record KubeletContext(
    IContainerRuntime Runtime,
    IReadOnlyDictionary<string, ImageProgram>? Images,
    IReadOnlyDictionary<string, string> PodEnvironment,
    AccessFiles Files,
    ServiceNames Names,
    EventRecorder Events,
    TimeProvider Time,
    ILogger Logger)
{
    /// <summary>The variables of this machine that every process needs. No other variable of our environment reaches a pod.</summary>
    private static readonly string[] s_inherited = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "DOTNET_ROOT"];

    private readonly IReadOnlyList<KeyValuePair<string, string>> _inherited =
    [
        .. new System.Diagnostics.ProcessStartInfo().Environment
            .Where(pair => s_inherited.Contains(pair.Key, StringComparer.Ordinal) && pair.Value is not null)
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value!)),
    ];

    /// <summary>The folders in which programs without a path are searched.</summary>
    public IEnumerable<string> FoldersOfPrograms =>
        _inherited.Where(static pair => pair.Key == "PATH").SelectMany(static pair => pair.Value.Split(Path.PathSeparator));

    /// <summary>The address of the API, as every container gets it.</summary>
    public IEnumerable<KeyValuePair<string, string>> ServiceEnvironment =>
    [
        new("KUBERNETES_SERVICE_HOST", Files.Server.Host),
        new("KUBERNETES_SERVICE_PORT", Files.Server.Port.ToString(CultureInfo.InvariantCulture)),
    ];

    public IEnumerable<KeyValuePair<string, string>> BaseEnvironment(JsonObject pod)
    {
        Dictionary<string, string> environment = new(_inherited, StringComparer.Ordinal)
        {
            ["HOSTNAME"] = pod.Text("spec", pod.Flag("spec", "hostNetwork") ? "nodeName" : "hostname") ?? pod.Text("metadata", "name")!,
        };
        if (pod["spec"].At("automountServiceAccountToken") is null || pod.Flag("spec", "automountServiceAccountToken"))
        {
            string account = pod.Text("spec", "serviceAccountName") ?? "default";
            environment["KUBECONFIG"] = Files.PathFor(pod.Text("metadata", "namespace")!, account);
        }

        if (!pod.Flag("spec", "hostNetwork"))
        {
            // On a real cluster a pod has its own network. Here it has only an address, and its program must listen on that address.
            environment["BERTH_BIND"] = pod.Text("status", "podIP")!;
        }

        foreach ((string name, string value) in PodEnvironment)
            environment[name] = value;
        return environment;
    }
}
