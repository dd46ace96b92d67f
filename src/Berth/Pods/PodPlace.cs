using Berth.Ports;

namespace Berth.Pods;

/// <summary>
/// The common parts of many pods, kept once: the namespace, the node and its zone, and the plan of their ports. A pod whose UID is no UUID,
/// which no cluster gives, has a place of its own with the text of its UID.
/// </summary>
internal sealed record PodPlace(string Namespace, string? Node, string? Zone)
{
    private PortPlan? _plan;
    private PodPlace? _planned;

    // A copy keeps the plan, and not what was planned for the original.
    private PodPlace(PodPlace other)
    {
        (Namespace, Node, Zone) = (other.Namespace, other.Node, other.Zone);
        (Uid, _plan) = (other.Uid, other._plan);
    }

    /// <summary>The text of a UID that is no UUID, or null.</summary>
    public string? Uid { get; init; }

    /// <summary>The plan of the ports, or null while none is known.</summary>
    public PortPlan? Plan
    {
        get => _plan;
        init => _plan = value;
    }

    /// <summary>
    /// The same place with a plan: this object when the plan is the first that is asked for, else usually one object for all pods that
    /// follow the plan here. Several targets may ask at once, each for its own plan.
    /// </summary>
    public PodPlace With(PortPlan plan)
    {
        PortPlan? before = Interlocked.CompareExchange(ref _plan, plan, null);
        if (before is null || ReferenceEquals(before, plan))
            return this;
        PodPlace? planned = _planned;
        if (planned is null || !ReferenceEquals(planned.Plan, plan))
            _planned = planned = this with { Plan = plan };
        return planned;
    }

    /// <summary>True when all but the plan is the same.</summary>
    public bool IsSameAs(PodPlace other) => ReferenceEquals(this, other)
        || (string.Equals(Node, other.Node, StringComparison.Ordinal) && string.Equals(Zone, other.Zone, StringComparison.Ordinal)
            && string.Equals(Namespace, other.Namespace, StringComparison.Ordinal)
                && string.Equals(Uid, other.Uid, StringComparison.Ordinal));
}
