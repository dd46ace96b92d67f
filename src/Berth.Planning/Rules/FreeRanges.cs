using Berth.Planning.Ranges;

namespace Berth.Planning.Rules;

/// <summary>Ranges that no workload, node program or reserved range uses, on any node.</summary>
internal sealed class FreeRanges
{
    // Below it, programs need a capability to bind.
    private const int MinPort = 1024;
    private const int MaxPort = 65535;

    private readonly List<PlanRange> _taken;

    public FreeRanges(PlanContext context)
    {
        IEnumerable<PlanRange> taken = context.Workloads.SelectMany(static workload => workload.Spans)
            .Select(static span => new PlanRange((int)Math.Min(span.First, MaxPort + 1), (int)Math.Min(span.Last, MaxPort + 1)))
            .Concat(NodeProgram.WellKnown.Select(static program => new PlanRange(program.First, program.Last)))
            .Concat(context.Options.Reserved)
            .Concat(NodePortsOf(context.Index.ServicesByNamespace.SelectMany(static services => services).Select(static s => s.Body)));
        if (context.Options.NodePorts is { } nodePorts)
            taken = taken.Append(nodePorts);
        if (context.Options.Ephemeral is { } ephemeral)
            taken = taken.Append(ephemeral);
        _taken = Merge(taken);
    }

    /// <summary>Finds the lowest free range at or above a port, else the lowest of all.</summary>
    /// <param name="size">The number of ports.</param>
    /// <param name="from">The lowest port to begin at.</param>
    /// <param name="multiple">The first port is a multiple of it.</param>
    /// <returns>The first port, or null when there is no such range.</returns>
    public int? Find(int size, int from, int multiple = 1) =>
        FindFrom(size, Math.Max(from, MinPort), multiple) ?? FindFrom(size, MinPort, multiple);

    private int? FindFrom(int size, int from, int multiple)
    {
        int at = RoundUp(from, multiple);
        foreach (PlanRange taken in _taken)
        {
            if (at + size - 1 < taken.First)
                break;
            if (taken.Last >= at)
                at = RoundUp(taken.Last + 1, multiple);
        }

        return at + size - 1 <= MaxPort ? at : null;
    }

    private static int RoundUp(int port, int multiple) => (port + multiple - 1) / multiple * multiple;

    private static IEnumerable<PlanRange> NodePortsOf(IEnumerable<JsonObject> services) =>
        services.SelectMany(static service => service.Items("spec", "ports")).Select(static port => port.Number("nodePort"))
            .OfType<long>().Select(static port => new PlanRange((int)port, (int)port));

    private static List<PlanRange> Merge(IEnumerable<PlanRange> ranges)
    {
        List<PlanRange> merged = [];
        foreach (PlanRange range in ranges.OrderBy(static range => range.First))
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, range.Last) };
            else
                merged.Add(range);
        }

        return merged;
    }
}
