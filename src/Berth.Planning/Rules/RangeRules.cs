using Berth.Planning.Placement;
using Berth.Planning.Ranges;
using Berth.Planning.Workloads;

namespace Berth.Planning.Rules;

/// <summary>Ranges that reach into those of nodes, above 65535, or close to the next set's.</summary>
internal static class RangeRules
{
    private const int Max = 65535;

    public static IEnumerable<PlanFault> Check(PlanContext context)
    {
        foreach (Workload workload in context.Workloads)
        {
            foreach (PortSpan span in workload.Spans)
            {
                foreach (PlanFault fault in CheckSpan(context, workload, span))
                    yield return fault;
            }
        }

        foreach (PlanFault fault in CheckHeadroom(context))
            yield return fault;
    }

    private static IEnumerable<PlanFault> CheckSpan(PlanContext context, Workload workload, PortSpan span)
    {
        if (span.Last > Max)
        {
            long ordinal = span.First > Max ? workload.Start : workload.Start + ((Max - span.First) / Math.Max(1, span.Stride)) + 1;
            yield return Fault(
                workload, PlanRule.AboveMax, PlanLevel.Error,
                $"Ports {span} end above 65535{PodsOf(workload)}: from ordinal {ordinal} on there is no port.",
                "These pods are left out of every snapshot, and their servers cannot listen.",
                "Choose a lower base port, a smaller stride or fewer pods.");
        }

        if (context.Options.NodePorts is { } nodePorts && span.FindWithin(nodePorts.First, nodePorts.Last) is { } nodePort)
        {
            yield return Fault(
                workload, PlanRule.NodePorts, PlanLevel.Error, $"Port {nodePort} of {span} is in the NodePort range {nodePorts}.",
                "A Service of type NodePort or LoadBalancer may get it, and then kube-proxy takes the connections of the pod.",
                "Choose a base port outside of the range; --node-ports states another range.");
        }

        if (context.Options.Ephemeral is { } ephemeral && span.FindWithin(ephemeral.First, ephemeral.Last) is { } port)
        {
            yield return Fault(
                workload, PlanRule.Ephemeral, PlanLevel.Warning, $"Port {port} of {span} is in the ephemeral range {ephemeral} of nodes.",
                "An outgoing connection of the node may use it when the pod starts; then the pod cannot listen on it.",
                "Choose a base port outside of the range."
                    + (ephemeral == PlanRange.Ephemeral
                        ? " The range is assumed: it is the default of Linux, and no API tells that of a node. On a node, sysctl " +
                            "net.ipv4.ip_local_port_range shows it; state it with --ephemeral-ports."
                        : ""));
        }

        foreach (PlanFault fault in CheckPrograms(workload, span))
            yield return fault;

        foreach (PlanRange reserved in context.Options.Reserved)
        {
            if (span.FindWithin(reserved.First, reserved.Last) is { } taken)
            {
                yield return Fault(
                    workload, PlanRule.NodeProgram, PlanLevel.Error, $"Port {taken} of {span} is in the reserved range {reserved}.",
                    "--reserved says that another program of the nodes uses it.", "Choose a base port outside of the range.");
            }
        }
    }

    /// <summary>One fault for the programs of every node, and one for those of the control plane.</summary>
    private static IEnumerable<PlanFault> CheckPrograms(Workload workload, PortSpan span)
    {
        if (workload.Object.Namespace == "kube-system")
            yield break;
        foreach (IGrouping<bool, NodeProgram> met in NodeProgram.WellKnown.Where(program => Meets(span, program))
            .GroupBy(static program => program.OnControlPlane))
        {
            bool certain = !met.Key || Taints.ToleratesControlPlane(workload.PodSpec);
            string programs = string.Join(", ", met.Select(program => string.Create(
                CultureInfo.InvariantCulture, $"{span.FindWithin(program.First, program.Last)} ({program.Name})")));
            yield return Fault(
                workload, PlanRule.NodeProgram, certain && span.Stride > 0 ? PlanLevel.Error : PlanLevel.Warning,
                $"Ports {span} contain ports that programs of {(met.Key ? "control plane nodes" : "nodes")} use: {programs}.",
                "Where such a program runs, the pod with its port cannot bind it.",
                "Choose a base port whose range leaves them out.");
        }
    }

    private static bool Meets(PortSpan span, NodeProgram program) =>
        (program.Protocol is null || span.Protocol is null || span.Protocol == program.Protocol)
        && span.FindWithin(program.First, program.Last) is not null;

    /// <summary>The room of each set up to the next range on a node that it can reach. An autoscaler's maximum is in the range.</summary>
    private static IEnumerable<PlanFault> CheckHeadroom(PlanContext context)
    {
        if (context.Options.Headroom == 0)
            yield break;
        Rooms rooms = new(context);
        foreach ((Workload workload, PortSpan span, int index) in rooms.OfSets)
        {
            if (workload.Autoscaler is not null || rooms.FindNext(index, context.Options.Headroom) is not { } next)
                continue;
            long room = (next.Span.First - span.Last - 1) / span.Stride;
            yield return Fault(
                workload, PlanRule.Headroom, PlanLevel.Warning,
                $"Ports {span} leave room for {room} more {(room == 1 ? "pod" : "pods")} before those of {next.Workload.Subject} " +
                $"({next.Span}).",
                "Scaled up further, its new pods claim ports of the other.",
                "Move one of the two, or state a smaller --headroom.", next.Workload.Object.Location);
        }
    }

    private static string PodsOf(Workload workload) =>
        workload.Autoscaler is { } scaler ? $" at the maximum of {scaler.Subject} ({workload.Pods} pods)" : "";

    private static PlanFault Fault(
        Workload workload, PlanRule rule, PlanLevel level, string what, string why, string remedy, PlanLocation? related = null) =>
        new(rule, level, workload.Subject, workload.Statement?.Location ?? workload.Object.Location, what, why, remedy, related);
}
