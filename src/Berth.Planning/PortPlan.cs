using Berth.Checks;
using Berth.Planning.Objects;
using Berth.Planning.Placement;
using Berth.Planning.Ranges;
using Berth.Planning.Rules;
using Berth.Planning.Workloads;

namespace Berth.Planning;

/// <summary>The port plan of manifests or of a cluster: its ranges and their faults.</summary>
public sealed class PortPlan
{
    private readonly PlanContext _context;

    private PortPlan(PlanContext context, IReadOnlyList<PlanFault> faults, IReadOnlyList<string> unread)
    {
        _context = context;
        Faults = faults;
        Unread = unread;
    }

    /// <summary>The faults, by file and line.</summary>
    public IReadOnlyList<PlanFault> Faults { get; }

    /// <summary>Sentences about what could not be read. The plan does not count it.</summary>
    public IReadOnlyList<string> Unread { get; }

    /// <summary>The options, with the NodePort range that the cluster's own API server states.</summary>
    public PlanOptions Options => _context.Options;

    /// <summary>The number of objects that were read.</summary>
    public int Objects => _context.Index.All.Count;

    /// <summary>The ranges of all workloads that claim ports of nodes, by their first port.</summary>
    public IReadOnlyList<PlannedRange> Ranges
    {
        get
        {
            Rooms rooms = new(_context);
            Dictionary<(Workload, PortSpan), int> headrooms = [];
            foreach ((Workload workload, PortSpan span, int index) in rooms.OfSets)
                headrooms[(workload, span)] = rooms.PodsAbove(index);
            return
            [
                .. from workload in _context.Workloads
                   from span in workload.Spans
                   orderby span.First, workload.Index
                   select new PlannedRange(
                       workload.Subject, span.Name, span.First, span.Last, span.Stride, span.Count, span.Protocol,
                       workload.Statement?.Source ?? "", headrooms.TryGetValue((workload, span), out int room) ? room : null),
            ];
        }
    }

    /// <summary>Makes the plan of an input, and checks it.</summary>
    /// <param name="input">The objects.</param>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are outside their ranges; the message names all of them.</exception>
    public static PortPlan Create(PlanInput input, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        options ??= new PlanOptions();
        OptionFaults.Throw(options.FindFaults(), nameof(options));
        List<string> unread = [.. input.Unread];
        List<PlanFault> faults = [];
        IReadOnlyList<PlanObject> objects = Repeats.LastOfEach(input.Objects, faults);
        if (!options.SkipUnknown)
            unread.AddRange(objects.Select(KnownKinds.FindFault).OfType<string>());
        ObjectIndex index = new(objects, input.IsWholeCluster);
        IReadOnlyList<Workload> workloads = WorkloadReader.Read(index, options.Ports, faults);
        if (options.NodePorts == PlanRange.NodePorts && NodePortRange.Find(workloads) is { } nodePorts)
            options = options with { NodePorts = nodePorts };
        PlanContext context = new(index, workloads, new Reach(index.Nodes), options);
        faults.AddRange(OverlapRules.Check(context));
        faults.AddRange(RangeRules.Check(context));
        faults.AddRange(StatementRules.Check(context));
        faults.AddRange(SetRules.Check(context));
        faults.AddRange(PodRules.Check(context));
        faults.AddRange(ServiceRules.Check(context));
        faults.AddRange(ChangeRules.Check(input.Changes));
        return new PortPlan(context, [.. Order(faults, options)], unread);
    }

    /// <summary>The number of faults of a level.</summary>
    /// <param name="level">The level.</param>
    public int Count(PlanLevel level) => Faults.Count(fault => fault.Level == level);

    /// <summary>Finds the next free range.</summary>
    /// <param name="ports">The number of ports, 1 or more.</param>
    /// <param name="from">The lowest preferred port, 1 to 65535. When no range above it is free, lower ports are tried.</param>
    /// <param name="multiple">The first port is a multiple of it, 1 or more.</param>
    /// <returns>The range, or null when no such range is free.</returns>
    public PlanRange? Suggest(int ports, int from, int multiple = 1) =>
        _context.Free.Find(ports, from, multiple) is { } first ? new PlanRange(first, first + ports - 1) : null;

    private static IEnumerable<PlanFault> Order(IEnumerable<PlanFault> faults, PlanOptions options) => faults
        .Where(fault => !options.Skip.Contains(fault.Rule.Id, StringComparer.Ordinal))
        .Distinct()
        .OrderBy(static fault => fault.Location.File, StringComparer.Ordinal)
        .ThenBy(static fault => fault.Location.Line)
        .ThenByDescending(static fault => fault.Level);
}
