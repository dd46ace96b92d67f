using Berth.Planning.Objects;

namespace Berth.Planning.Workloads;

/// <summary>Finds the workloads of the input, and their claims.</summary>
internal static class WorkloadReader
{
    /// <param name="index">The objects.</param>
    /// <param name="stated">The ports that the user states for a workload, by namespace and name.</param>
    /// <param name="faults">Gets the statements that cannot be read.</param>
    public static IReadOnlyList<Workload> Read(
        ObjectIndex index, IReadOnlyDictionary<string, string> stated, List<PlanFault> faults)
    {
        Dictionary<string, (PlanObject Object, int Max)> autoscalers = FindAutoscalers(index, faults);
        List<Workload> all = [];
        foreach (PlanObject each in index.All)
        {
            if (Pods.Find(each) is { } pods)
            {
                faults.AddRange(FieldValues.Check(each, pods.Spec));
                faults.AddRange(FieldValues.CheckHooks(each, pods.Spec));
                faults.AddRange(FieldTexts.Check(each, pods.Metadata, pods.Spec));
                faults.AddRange(AffinityValues.Check(each, pods.Spec));
                all.Add(Create(each, pods, index, autoscalers, all.Count));
            }
            else if (Pods.LacksTemplate(each))
            {
                faults.Add(FieldValues.WithoutTemplate(each));
            }
            else if (each.Kind == "Service" && each.Group.Length == 0)
            {
                faults.AddRange(FieldValues.CheckService(each));
            }
        }

        ILookup<string, PortStatement> dispatchers = DispatcherPorts.Find(all, index).ToLookup(
            static each => each.Target, static each => each.Statement, StringComparer.Ordinal);
        StatementFinder finder = new(index, stated, dispatchers, faults);
        foreach (Workload workload in all)
            finder.Apply(workload);
        return all;
    }

    private static Workload Create(
        PlanObject each, (JsonNode? Metadata, JsonObject Spec) pods, ObjectIndex index,
        Dictionary<string, (PlanObject Object, int Max)> autoscalers, int position)
    {
        int replicas = (int)Math.Clamp(each.Body.Number("spec", "replicas") ?? 1, 1, 100_000);
        bool scales = autoscalers.TryGetValue($"{each.Kind} {each.Path}", out (PlanObject Object, int Max) autoscaler);

        // A sidecar is an init container that is always restarted.
        IEnumerable<JsonObject> containers = pods.Spec.Items("containers").Concat(
            pods.Spec.Items("initContainers").Where(static init => init.Text("restartPolicy") == "Always"));
        return new Workload
        {
            Object = each,
            Index = position,
            PodSpec = pods.Spec,
            Labels = pods.Metadata.At("labels") as JsonObject,
            Annotations = pods.Metadata.At("annotations") as JsonObject,
            Containers = [.. containers.Select(container => new Container(each, container, index))],
            Pods = scales ? Math.Max(replicas, autoscaler.Max) : replicas,
            Autoscaler = scales ? autoscaler.Object : null,
            Start = (int)Math.Clamp(each.Body.Number("spec", "ordinals", "start") ?? 0, 0, int.MaxValue),
            OnHostNetwork = pods.Spec.Flag("hostNetwork"),
        };
    }

    private static Dictionary<string, (PlanObject Object, int Max)> FindAutoscalers(
        ObjectIndex index, List<PlanFault> faults)
    {
        Dictionary<string, (PlanObject Object, int Max)> found = new(StringComparer.Ordinal);
        foreach (PlanObject each in index.All)
        {
            string? field = each.Kind switch
            {
                "HorizontalPodAutoscaler" => "maxReplicas",
                "ScaledObject" when each.Group == "keda.sh" => "maxReplicaCount",
                _ => null,
            };
            if (field is null)
                continue;
            if (FieldValues.CheckMaximum(each, field) is { } fault)
                faults.Add(fault);

            // 100 is KEDA's own default.
            if ((each.Body.Number("spec", field) ?? (each.Group == "keda.sh" ? 100 : null)) is not { } most)
                continue;
            string kind = each.Body.Text("spec", "scaleTargetRef", "kind") ?? "Deployment";
            string target = $"{kind} {each.Namespace}/{each.Body.Text("spec", "scaleTargetRef", "name")}";
            found[target] = (each, (int)Math.Clamp(most, 1, 100_000));
        }

        return found;
    }
}
