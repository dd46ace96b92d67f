using Berth.Ports;

namespace Berth.Pods;

/// <summary>
/// The common parts of many pods, stored once: the namespace, the node and its zone, and the rule of their ports. If a UID is not a UUID,
/// the pod has a separate scope with the text of its UID; no real cluster writes such UIDs.
/// </summary>
internal sealed record PodScope(string Namespace, string? Node, string? Zone)
{
    private PortRule? _rule;
    private PodScope? _copy;

    // A copy has the rule, but not the cached copy of the original.
    private PodScope(PodScope other)
    {
        (Namespace, Node, Zone) = (other.Namespace, other.Node, other.Zone);
        (Uid, Host, Cluster, _rule) = (other.Uid, other.Host, other.Cluster, other._rule);
    }

    /// <summary>The text of a UID that is no UUID, or null.</summary>
    public string? Uid { get; init; }

    /// <summary>The template of the pods' host names, or null.</summary>
    public HostTemplate? Host { get; init; }

    /// <summary>The cluster, or null when only one is followed.</summary>
    public string? Cluster { get; init; }

    /// <summary>The rule of the ports, or null while none is known.</summary>
    public PortRule? Rule
    {
        get => _rule;
        init => _rule = value;
    }

    /// <summary>
    /// Returns this scope with a rule: this object for the first rule, and for another rule usually one object for all pods of the scope.
    /// Several targets may call it at the same time, each with its own rule.
    /// </summary>
    public PodScope With(PortRule rule)
    {
        PortRule? before = Interlocked.CompareExchange(ref _rule, rule, null);
        if (before is null || ReferenceEquals(before, rule))
            return this;
        PodScope? copy = _copy;
        if (copy is null || !ReferenceEquals(copy.Rule, rule))
            _copy = copy = this with { Rule = rule };
        return copy;
    }

    /// <summary>True when everything except the rule is the same.</summary>
    public bool IsSameAs(PodScope other) => ReferenceEquals(this, other)
        || (ReferenceEquals(Host, other.Host) && (Node, Zone, Namespace, Uid, Cluster) == (
            other.Node, other.Zone, other.Namespace, other.Uid, other.Cluster));
}
