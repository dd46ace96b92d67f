using Berth.Planning.Workloads;

namespace Berth.Planning.Rules;

/// <summary>
/// Templates of sets whose ports follow from ordinals: declared ports, fixed probes, and pods that do not know their name.
/// </summary>
internal static class SetRules
{
    private static readonly string[] s_probes = ["startupProbe", "readinessProbe", "livenessProbe"];
    private static readonly string[] s_actions = ["httpGet", "tcpSocket", "grpc"];

    public static IEnumerable<PlanFault> Check(PlanContext context) => context.Workloads
        .Where(static workload => workload.OnHostNetwork && workload.IsSet && workload.HasPortPerOrdinal)
        .SelectMany(static workload => DeclaredPorts(workload).Concat(FixedProbes(workload)).Concat(Names(workload)));

    private static IEnumerable<PlanFault> DeclaredPorts(Workload workload)
    {
        foreach (Container container in workload.Containers)
        {
            if (container.Body["ports"] is not JsonArray { Count: > 0 } ports)
                continue;
            string numbers = string.Join(", ", ports.Select(static port => port.Number("containerPort")));
            yield return new PlanFault(
                PlanRule.DeclaredPort, PlanLevel.Error, workload.Subject, workload.Object.At(ports),
                $"Container {container.Name} declares {numbers} on the host network.",
                "A declared containerPort becomes a hostPort, and the scheduler then allows one pod of the set on a node: others stay " +
                "Pending.",
                "Remove ports: from the container. The port follows from the ordinal, and needs no declaration.");
        }
    }

    private static IEnumerable<PlanFault> FixedProbes(Workload workload)
    {
        foreach (Container container in workload.Containers)
        {
            foreach ((string field, JsonNode action, JsonNode? port) in
                from field in s_probes
                from action in s_actions
                where container.Body.At(field, action) is not null
                select (field, container.Body.At(field, action)!, container.Body.At(field, action, "port")))
            {
                bool isOwn = port.Number() is { } number && workload.Spans.All(span => !span.Contains(number));
                yield return new PlanFault(
                    PlanRule.FixedProbe, isOwn ? PlanLevel.Warning : PlanLevel.Error, workload.Subject, workload.Object.At(action),
                    $"The {field} of container {container.Name} asks port {port.Plain()} of every pod.",
                    isOwn
                        ? "Every pod on a node asks the same port, where at most one of them can listen."
                        : "Only one pod of the set has that port, and each pod asks it: pods are not ready, or ready because another " +
                            "answers.",
                    "Use exec: /berth probe, or a command of your own that computes base + ordinal.");
            }
        }
    }

    private static IEnumerable<PlanFault> Names(Workload workload)
    {
        Container[] servers = [.. workload.Containers.Where(static container => container.IsBerth)];
        foreach (Container container in servers.Length > 0 ? servers : workload.Containers)
        {
            if (FindHostName(container) is { } node)
            {
                yield return Fault(
                    workload, node, $"Container {container.Name} takes its name from HOSTNAME.",
                    "On the host network HOSTNAME is the node's name, which has no ordinal or a wrong one.");
            }
        }

        if (servers.Length == 0)
        {
            // A server of one's own may use any variable.
            if (!workload.Containers.Any(static container => container.Body.Items("env").Any(IsOwnName)))
            {
                yield return Fault(
                    workload, workload.PodSpec["containers"], "No container gets the pod's name.",
                    "Without its name the server cannot compute its port.");
            }

            yield break;
        }

        foreach (Container container in servers)
        {
            JsonObject? entry = container.VariableEntry("POD_NAME");
            if (entry is not null && IsOwnName(entry))
                continue;
            yield return Fault(
                workload, entry ?? container.Body["env"] ?? container.Body,
                entry is null
                    ? $"Container {container.Name} has no POD_NAME."
                    : $"POD_NAME of container {container.Name} is not taken from metadata.name.",
                "Without its name the server cannot compute its port, and ends at once.");
        }
    }

    private static bool IsOwnName(JsonObject entry) =>
        entry.Text("valueFrom", "fieldRef", "fieldPath") is "metadata.name" or "metadata.labels['apps.kubernetes.io/pod-index']";

    private static JsonNode? FindHostName(Container container)
    {
        foreach (JsonObject entry in container.Body.Items("env"))
        {
            if (entry.Text("name") != "HOSTNAME" && NamesHost(entry.Text("value")))
                return entry;
        }

        return container.Words.FirstOrDefault(static word => NamesHost(word.Text)).Node;
    }

    private static bool NamesHost(string? text) => text is not null
        && (text.Contains("$HOSTNAME", StringComparison.Ordinal) || text.Contains("${HOSTNAME", StringComparison.Ordinal)
            || text.Contains("$(HOSTNAME)", StringComparison.Ordinal) || text.Contains("$(hostname", StringComparison.Ordinal)
            || text.Contains("`hostname", StringComparison.Ordinal));

    private static PlanFault Fault(Workload workload, JsonNode? node, string what, string why) => new(
        PlanRule.PodName, PlanLevel.Error, workload.Subject, workload.Object.At(node), what, why,
        "Add POD_NAME to its env, with valueFrom: {fieldRef: {fieldPath: metadata.name}}, and use it.");
}
