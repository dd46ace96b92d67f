using Berth.LocalCluster;

namespace Berth.Cli.Up;

/// <summary>
/// Reports the reason and the remedy for each object that does not match its manifest. It leaves out problems that end within a moment.
/// </summary>
internal sealed class TroubleReport(string kubeconfig)
{
    /// <summary>The number of checks after which a pod without any other reason than "not ready" is reported: ten seconds.</summary>
    private const int PatientLooks = 10;

    private Dictionary<ClusterTrouble, int> _seen = [];

    /// <summary>Takes the current problems, and returns lines about those that the previous check also found.</summary>
    public IReadOnlyList<string> Look(IReadOnlyList<ClusterTrouble> troubles)
    {
        Dictionary<ClusterTrouble, int> seen = [];
        foreach (ClusterTrouble trouble in troubles)
            seen[trouble] = _seen.GetValueOrDefault(trouble) + 1;
        _seen = seen;
        return [.. troubles.Where(trouble => seen[trouble] > (trouble.Reason == "NotReady" ? PatientLooks : 1)).Select(Line)];
    }

    private string Line(ClusterTrouble trouble)
    {
        string who = trouble.Kind == "Pod" ? $"{trouble.Namespace}/{trouble.Name}" : $"{trouble.Kind} {trouble.Namespace}/{trouble.Name}";
        string why = trouble.Message.Length == 0 ? "" : " " + trouble.Message.TrimEnd('.') + ".";
        return $"{who}: {trouble.Reason}.{why} {Remedy(trouble)}".TrimEnd();
    }

    private string Remedy(ClusterTrouble trouble) => trouble.Reason switch
    {
        "CreateContainerConfigError" or "FailedMount" => "Apply it, and the pod continues by itself.",
        "CrashLoopBackOff" or "Error" or "StartError" =>
            $"See its last output: kubectl --kubeconfig {kubeconfig} -n {trouble.Namespace} logs {trouble.Name} --previous",
        "Unschedulable" => "--nodes gives the cluster more nodes; kubectl describe shows what the pod asks for.",
        "FailedCreate" => "Apply what is missing, or change the set: its controller tries again.",
        "NotReady" => "It runs, and its readiness probe has not succeeded: see its port and path.",
        "Unhealthy" => "See the probe's port and path.",
        _ => "",
    };
}
