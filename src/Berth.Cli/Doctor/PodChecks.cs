using Berth.Snapshots;

namespace Berth.Cli.Doctor;

/// <summary>Checks the pods of the target as service A would return them: their number, the pods that are left out, and warnings.</summary>
internal static class PodChecks
{
    private const int MaxNamed = 5;

    public static IEnumerable<CheckResult> Run(EndpointSnapshot snapshot)
    {
        yield return snapshot.UnavailableReason is { } reason
            ? CheckResult.Failed("pods", reason, $"Look at the pods: kubectl -n {snapshot.Target.Namespace} get pods -o wide.")
            : CheckResult.Ok(
                "pods",
                $"Clients get {snapshot.Available.Count} of {SliceChecks.Count(snapshot.Endpoints.Count, "pod")}: " +
                $"{Name([.. snapshot.Available.Select(static pod => $"{pod.Name} {pod.Authority}")])}.");
        foreach (IGrouping<LeftOutReason, LeftOutPod> left in snapshot.LeftOut.GroupBy(static pod => pod.Reason))
        {
            LeftOutPod[] pods = [.. left];
            yield return CheckResult.Warning(
                "left-out", $"{SliceChecks.Count(pods.Length, "pod")} left out ({EndpointWords.Of(left.Key)}): " +
                    $"{Name([.. pods.Select(static pod => pod.Name)])}. {pods[0].Detail}",
                "docs/http-api.md lists the reasons. No client is sent to such a pod.");
        }

        if (snapshot.LeftOut.Count == 0)
            yield return CheckResult.Ok("left-out", "No pod is left out.");
        foreach (EndpointWarning warning in snapshot.Warnings)
            yield return CheckResult.Warning(EndpointWords.Of(warning.Kind), warning.Detail, "docs/http-api.md says what it means.");
        foreach (PortClash clash in snapshot.FindPortClashes())
        {
            yield return CheckResult.Failed(
                "clash", clash.ToString(),
                "Give each set its own range: berth plan check finds ranges that meet, and berth plan suggest a free one.");
        }
    }

    /// <summary>Names the first few.</summary>
    public static string Name(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MaxNamed)) + (names.Count > MaxNamed ? $" and {names.Count - MaxNamed} others" : "");
}
