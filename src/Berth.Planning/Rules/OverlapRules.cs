using Berth.Planning.Placement;
using Berth.Planning.Ranges;
using Berth.Planning.Workloads;

namespace Berth.Planning.Rules;

/// <summary>Two pods that claim one port of one node.</summary>
internal static class OverlapRules
{
    // The limit of reports for one set. Two sets with one plan are reported once each; a set that overlaps with a hundred others is not
    // reported a hundred times.
    private const int MaxForEach = 5;

    public static IEnumerable<PlanFault> Check(PlanContext context)
    {
        foreach (Workload workload in context.Workloads)
        {
            if (CheckWithin(workload) is { } within)
                yield return within;
        }

        foreach ((Workload later, List<(Workload Earlier, PortSpan Own, PortSpan Other, long Port)> met) in FindPairs(context))
        {
            foreach ((Workload earlier, PortSpan own, PortSpan other, long port) in met.Take(MaxForEach))
                yield return Describe(context, later, earlier, own, other, port, met.Count);
        }
    }

    /// <summary>All pairs that meet, by the later workload. Every pair is in it once.</summary>
    private static SortedDictionary<int, (Workload, List<(Workload, PortSpan, PortSpan, long)>)>.ValueCollection FindPairs(
        PlanContext context)
    {
        SortedDictionary<int, (Workload, List<(Workload, PortSpan, PortSpan, long)>)> found = [];
        HashSet<(int, int)> seen = [];
        List<(Workload Workload, PortSpan Span)> open = [];
        IEnumerable<(Workload Workload, PortSpan Span)> claims = context.Workloads
            .SelectMany(static workload => workload.Spans.Select(span => (workload, span)))
            .OrderBy(static claim => claim.span.First);
        foreach ((Workload workload, PortSpan span) in claims)
        {
            open.RemoveAll(before => before.Span.Last < span.First);
            foreach ((Workload other, PortSpan otherSpan) in open)
            {
                (Workload earlier, Workload later) = workload.Index < other.Index ? (workload, other) : (other, workload);
                if (earlier == later || seen.Contains((earlier.Index, later.Index)) || span.FindCommon(otherSpan) is not { } port
                    || !context.Reach.CanShare(workload, other))
                    continue;
                seen.Add((earlier.Index, later.Index));
                if (!found.TryGetValue(later.Index, out (Workload, List<(Workload, PortSpan, PortSpan, long)>) list))
                    found[later.Index] = list = (later, []);
                list.Item2.Add(later == workload ? (earlier, span, otherSpan, port) : (earlier, otherSpan, span, port));
            }

            open.Add((workload, span));
        }

        return found.Values;
    }

    private static PlanFault Describe(
        PlanContext context, Workload later, Workload earlier, PortSpan own, PortSpan other, long port, int count)
    {
        string? doubt = context.Reach.DoubtAbout(later, earlier);
        string more = count > MaxForEach ? $" It meets {count} workloads; the first {MaxForEach} are reported." : "";
        string nodes = context.Reach.KnowsNodes ? "There is a node that both may run on" : "Nothing keeps the two from one node";
        return new PlanFault(
            PlanRule.Overlap, doubt is null ? PlanLevel.Error : PlanLevel.Warning, later.Subject,
            later.Statement?.Location ?? later.Object.Location,
            $"Ports {own} and those of {earlier.Subject} ({other}) have port {port} in common.{more}",
            $"{nodes}{(doubt is null ? "" : $"; {doubt}")}. The pod that starts second cannot bind its port, and a probe that only " +
            "connects finds the other's server.",
            SuggestRemedy(context, later, own), earlier.Statement?.Location ?? earlier.Object.Location);
    }

    private static string SuggestRemedy(PlanContext context, Workload later, PortSpan own)
    {
        int size = (int)Math.Min(65535, own.Last - own.First + 1);
        return context.Free.Find(size, (int)Math.Clamp(own.First, 1, 65535)) is { } free
            ? $"Give it another base port: {new PlanRange(free, free + size - 1)} is free. Or keep the two on different nodes."
            : "Give one of them another base port, or keep the two on different nodes.";
    }

    /// <summary>Named ports of one set that meet, or one port for all pods of a workload that may share nodes.</summary>
    private static PlanFault? CheckWithin(Workload workload)
    {
        if (workload.Pods < 2 || workload.Object.Kind == "DaemonSet" || Reach.KeepsApart(workload))
            return null;
        for (int i = 0; i < workload.Spans.Count; i++)
        {
            PortSpan one = workload.Spans[i];
            if (one.Stride == 0 && workload.Statement is { Origin: not PortOrigin.Declared } && !IsDeclared(workload, one))
            {
                return Within(
                    workload, PlanLevel.Warning, $"All {workload.Pods} pods have port {one}.",
                    "Two of them on one node cannot both bind it, and nothing keeps them apart.",
                    "Use a base port, so that the port follows from the ordinal, or a required podAntiAffinity with the topology key " +
                    "kubernetes.io/hostname.");
            }

            for (int j = i + 1; j < workload.Spans.Count; j++)
            {
                if (one.FindCommon(workload.Spans[j]) is { } port)
                {
                    return Within(
                        workload, PlanLevel.Error,
                        $"Its ports {NameOf(one)} ({one}) and {NameOf(workload.Spans[j])} ({workload.Spans[j]}) have port {port} in " +
                        "common.",
                        "Two pods of the set on one node claim it, and the second cannot bind it.",
                        $"Choose bases that are at least {workload.Pods * Math.Max(1, one.Stride)} apart, or a stride.");
                }
            }
        }

        return null;
    }

    // The scheduler keeps pods that declare a port on different nodes.
    private static bool IsDeclared(Workload workload, PortSpan span) =>
        workload.Containers.SelectMany(static container => container.Body.Items("ports"))
            .Any(port => (port.Number("hostPort") ?? port.Number("containerPort")) == span.First);

    private static string NameOf(PortSpan span) => span.Name.Length == 0 ? "without a name" : span.Name;

    private static PlanFault Within(Workload workload, PlanLevel level, string what, string why, string remedy) => new(
        PlanRule.OverlapWithin, level, workload.Subject, workload.Statement?.Location ?? workload.Object.Location, what, why, remedy);
}
