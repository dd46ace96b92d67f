using Berth.Ports;

namespace Berth.Pods;

/// <summary>
/// What many pods have in common, kept once: the namespace, the node and its zone, and the plan of their ports. What a single pod has for
/// itself is here too: a UID that is no UUID, which no cluster gives, and ports that were listed one by one.
/// </summary>
internal sealed record PodPlace(string Namespace, string? Node, string? Zone)
{
    // What stands here while no ports are known.
    private static readonly object s_none = Array.Empty<EndpointPort>();

    private object _ports = s_none;
    private PodPlace? _planned;

    // What is made of another must not have what was planned for that one.
    private PodPlace(PodPlace other)
    {
        (Namespace, Node, Zone) = (other.Namespace, other.Node, other.Zone);
        (Uid, _ports) = (other.Uid, other._ports);
    }

    public static PodPlace Unknown { get; } = new("", null, null);

    /// <summary>The text of a UID that is no UUID, or null.</summary>
    public string? Uid { get; init; }

    /// <summary>A <see cref="PortPlan"/>, or a list of ports.</summary>
    public object Ports
    {
        get => _ports;
        init => _ports = value;
    }

    /// <summary>
    /// The same with a plan: this very object, where the plan is the first that is asked for, else usually one object for all pods that
    /// follow it here. Several targets may ask at once, each for its own plan.
    /// </summary>
    public PodPlace With(PortPlan plan)
    {
        object before = _ports;
        if (ReferenceEquals(before, s_none))
            before = Interlocked.CompareExchange(ref _ports, plan, s_none);
        if (ReferenceEquals(before, s_none) || ReferenceEquals(before, plan))
            return this;
        PodPlace? planned = _planned;
        if (planned is null || !ReferenceEquals(planned.Ports, plan))
            _planned = planned = this with { Ports = plan };
        return planned;
    }

    /// <summary>True when all but the ports is the same.</summary>
    public bool IsSameAs(PodPlace other) => ReferenceEquals(this, other)
        || (string.Equals(Node, other.Node, StringComparison.Ordinal) && string.Equals(Zone, other.Zone, StringComparison.Ordinal)
            && string.Equals(Namespace, other.Namespace, StringComparison.Ordinal)
                && string.Equals(Uid, other.Uid, StringComparison.Ordinal));
}
