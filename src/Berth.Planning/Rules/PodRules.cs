using Berth.Planning.Objects;
using Berth.Planning.Workloads;

namespace Berth.Planning.Rules;

/// <summary>Fields of pods on the host network that fail when they run, or quietly do something else.</summary>
internal static class PodRules
{
    // A pod's name is the set's with an ordinal, and the label controller-revision-hash adds 11 characters: 63 in all.
    private const int MaxSetName = 52;

    public static IEnumerable<PlanFault> Check(PlanContext context) => context.Workloads
        .Where(static workload => workload.OnHostNetwork && workload.Object.Namespace != "kube-system")
        .SelectMany(workload => Check(context, workload));

    private static IEnumerable<PlanFault> Check(PlanContext context, Workload workload)
    {
        PlanObject each = workload.Object;
        string? policy = workload.PodSpec.Text("dnsPolicy");
        if (policy is null or "ClusterFirst")
        {
            yield return new PlanFault(
                PlanRule.DnsPolicy, PlanLevel.Warning, each.Subject,
                each.At(workload.PodSpec["dnsPolicy"] ?? workload.PodSpec["hostNetwork"]),
                $"dnsPolicy is {policy ?? "not set"} on the host network.",
                "The pods resolve names as their node does, and find no Service of the cluster.",
                "Set dnsPolicy: ClusterFirstWithHostNet. If node names are what you want, say so with Default.");
        }

        if (context.Index.FindNamespace(each.Namespace) is { } space
            && space.Body.Text("metadata", "labels", "pod-security.kubernetes.io/enforce") is "baseline" or "restricted")
        {
            string level = space.Body.Text("metadata", "labels", "pod-security.kubernetes.io/enforce")!;
            yield return new PlanFault(
                PlanRule.PodSecurity, PlanLevel.Error, each.Subject, each.At(workload.PodSpec["hostNetwork"]),
                $"Namespace {space.Name} enforces the Pod Security level {level}, which forbids the host network.",
                "The API server refuses every pod, and the set stays empty.",
                "Use a namespace with pod-security.kubernetes.io/enforce: privileged.",
                space.At("metadata", "labels", "pod-security.kubernetes.io/enforce"));
        }

        if (workload.IsSet && each.Name.Length > MaxSetName)
        {
            yield return new PlanFault(
                PlanRule.NameLength, PlanLevel.Error, each.Subject, each.At("metadata", "name"),
                $"The name has {each.Name.Length} characters; {MaxSetName} are the most.",
                "The label controller-revision-hash of its pods would be longer than 63 characters, so that no pod is created.",
                "Choose a shorter name.");
        }

        if (FindGrace(workload) is { } grace)
            yield return grace;
    }

    private static PlanFault? FindGrace(Workload workload)
    {
        long given = workload.PodSpec.Number("terminationGracePeriodSeconds") ?? 30;
        if (given < 0)
        {
            return new PlanFault(
                PlanRule.Grace, PlanLevel.Warning, workload.Subject, workload.Object.At(workload.PodSpec["terminationGracePeriodSeconds"]),
                $"The grace period is {given} s, which Kubernetes treats as 1 s.",
                "The kubelet kills the server while sessions still have time to end.", "Set terminationGracePeriodSeconds to 40.");
        }

        foreach (Container container in workload.Containers)
        {
            // `berth echo` uses 30 s when nothing is stated.
            double? drain = container.Setting("drain") is { } stated ? Seconds(stated.Value)
                : container.Runs("echo") || (container.IsBerth && container.Words.Count == 0) ? 30
                : null;
            double sleep = container.Body.Number("lifecycle", "preStop", "sleep", "seconds") ?? 0;
            // A longer sleep is refused: see the rule "field-value".
            if (drain is not { } seconds || seconds + sleep < given || sleep > given)
                continue;
            string before = sleep > 0 ? string.Create(CultureInfo.InvariantCulture, $" after a preStop of {sleep:0} s") : "";
            return new PlanFault(
                PlanRule.Grace, PlanLevel.Warning, workload.Subject,
                workload.Object.At(workload.PodSpec["terminationGracePeriodSeconds"] ?? container.Body),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The grace period is {given} s, and container {container.Name} drains for {seconds:0.###} s{before}."),
                "The kubelet kills the server while sessions still have time to end.",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Set terminationGracePeriodSeconds to {Math.Ceiling(seconds + sleep) + 10:0}, or a shorter drain."));
        }

        return null;
    }

    /// <summary>Reads <c>30s</c>, <c>500ms</c>, <c>2m</c>, <c>1h</c> and a bare number of seconds.</summary>
    private static double? Seconds(string text)
    {
        (string unit, double factor) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => ("ms", 0.001),
            [.., 's'] => ("s", 1),
            [.., 'm'] => ("m", 60),
            [.., 'h'] => ("h", 3600),
            _ => ("", 1.0),
        };
        return double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            ? number * factor
            : null;
    }
}
