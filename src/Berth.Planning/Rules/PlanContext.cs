using Berth.Planning.Objects;
using Berth.Planning.Placement;
using Berth.Planning.Workloads;

namespace Berth.Planning.Rules;

/// <summary>The input of the rules.</summary>
/// <param name="Index">The objects.</param>
/// <param name="Workloads">The workloads, in the order of the input.</param>
/// <param name="Reach">Who can share a node.</param>
/// <param name="Options">The options.</param>
internal sealed record PlanContext(ObjectIndex Index, IReadOnlyList<Workload> Workloads, Reach Reach, PlanOptions Options)
{
    private FreeRanges? _free;

    /// <summary>The ranges that are free.</summary>
    public FreeRanges Free => _free ??= new FreeRanges(this);
}
