using Berth.Planning.Workloads;

namespace Berth.Planning.Rules;

/// <summary>Faults in the statements about a workload's ports: none, two that differ, or a base without an ordinal.</summary>
internal static class StatementRules
{
    public static IEnumerable<PlanFault> Check(PlanContext context) =>
        context.Workloads.Where(static workload => workload.OnHostNetwork).SelectMany(Check);

    private static IEnumerable<PlanFault> Check(Workload workload)
    {
        if (workload.Statement is not { } statement)
        {
            yield return new PlanFault(
                PlanRule.UnknownPorts, workload.IsSet ? PlanLevel.Warning : PlanLevel.Note, workload.Subject, workload.Object.Location,
                "It runs on the host network, and nothing states its ports.",
                "The plan cannot compare them with those of others.",
                $"Add the annotation {(workload.IsSet ? "berth/base-port" : "berth/fixed-port")}, or give --ports " +
                $"{workload.Object.Path}={(workload.IsSet ? "4000" : "9200")}.");
            yield break;
        }

        foreach (PortStatement other in workload.OtherStatements.Where(other => !other.AgreesWith(statement)))
        {
            yield return new PlanFault(
                PlanRule.Disagreement, PlanLevel.Error, workload.Subject, other.Location,
                $"{other.Source} states {other}, and {statement.Source} states {statement}.",
                "Clients are sent to ports that no pod listens on.", "Make both the same.", statement.Location);
        }

        if (statement.IsPerOrdinal && !workload.IsSet && !IsNumberedPod(workload))
        {
            yield return new PlanFault(
                PlanRule.NoOrdinal, PlanLevel.Error, workload.Subject, statement.Location,
                $"{statement.Source} states a base port, and the pods of a {workload.Object.Kind} have no ordinals.",
                "No port follows from their names, so no client finds them.",
                "Use a StatefulSet, or --fixed-port (BERTH_FIXED_PORT) for one pod a node.");
        }
    }

    private static bool IsNumberedPod(Workload workload) =>
        workload.Object.Kind == "Pod" && PodOrdinal.TryParse(workload.Object.Name, out _, out _);
}
