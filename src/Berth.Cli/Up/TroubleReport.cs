using Berth.LocalCluster;

namespace Berth.Cli.Up;

/// <summary>
/// Says of each object that is not as it is wanted the reason and the remedy. What passes by itself within a moment is not told.
/// </summary>
internal sealed class TroubleReport(string kubeconfig)
{
    /// <summary>The looks after which a pod that merely is not ready is told: ten seconds.</summary>
    private const int PatientLooks = 10;

    private Dictionary<ClusterTrouble, int> _seen = [];

    /// <summary>Takes what is wrong now, and returns the lines about what was wrong at the look before too.</summary>
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
        "CreateContainerConfigError" or "FailedMount" => "Apply it, and the pod goes on by itself.",
        "CrashLoopBackOff" or "Error" or "StartError" =>
            $"Its last words: kubectl --kubeconfig {kubeconfig} -n {trouble.Namespace} logs {trouble.Name} --previous",
        "Unschedulable" => "--nodes gives the cluster more nodes; kubectl describe shows what the pod asks for.",
        "FailedCreate" => "Apply what is missing, or change the set: its controller tries again.",
        "NotReady" => "It runs, and its readiness probe has not succeeded: see its port and path.",
        "Unhealthy" => "See the probe's port and path.",
        _ => "",
    };
}
