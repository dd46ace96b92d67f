using Berth.Checks;

namespace Berth.Planning;

/// <summary>The options of a plan.</summary>
public sealed record PlanOptions
{
    /// <summary>
    /// The ports of workloads that state none, by namespace and name: <c>games/lobby</c> and <c>4000</c>,
    /// <c>game=4000,admin=5000/TCP</c> or <c>4000@10</c> for a stride of 10. They have precedence over the ports that the workload states.
    /// Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Ports { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The NodePort range, or null for none. Default: 30000 to 32767, or the range that the pods of the API server state, if they are read.
    /// </summary>
    public PlanRange? NodePorts { get; init; } = PlanRange.NodePorts;

    /// <summary>The ephemeral range of the nodes, or null for none. Default: 32768 to 60999.</summary>
    public PlanRange? Ephemeral { get; init; } = PlanRange.Ephemeral;

    /// <summary>Ranges that others use. Default: none.</summary>
    public IReadOnlyList<PlanRange> Reserved { get; init; } = [];

    /// <summary>The pods by which every set without an autoscaler must be able to grow. Default 1; 0 to 65535.</summary>
    public int Headroom { get; init; } = 1;

    /// <summary>True to pass objects of unknown kinds over without a word. Default: false.</summary>
    public bool SkipUnknown { get; init; }

    /// <summary>The ids of rules that are left out: some of <see cref="PlanRule.All"/>. Default: none.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>Finds all faults: one sentence for each, with the value and the remedy. Empty when the options can be used.</summary>
    public IReadOnlyList<string> FindFaults()
    {
        OptionFaults faults = new();
        faults.CheckGiven(Ports, nameof(Ports));
        faults.CheckGiven(Reserved, nameof(Reserved));
        faults.CheckRange(Headroom, 0, 65535, nameof(Headroom));
        faults.CheckGiven(Skip, nameof(Skip));
        foreach (string id in Skip ?? [])
        {
            faults.Check(
                PlanRule.All.Any(rule => rule.Id == id),
                $"Skip names '{id}', and there is no such rule. Give ids of PlanRule.All, such as {PlanRule.Headroom.Id}.");
        }

        return faults.Found;
    }
}
