using Berth.Ports;

namespace Berth.Pods;

/// <summary>
/// The common parts of many pods, kept once: the namespace, the node and its zone, and the rule of their ports. A pod whose UID is no UUID,
/// which no cluster gives, has a scope of its own with the text of its UID.
/// </summary>
internal sealed record PodScope(string Namespace, string? Node, string? Zone)
{
    private PortRule? _rule;
    private PodScope? _copy;

    // A copy keeps the rule, and not the copy with a rule that the original has.
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
    /// The same scope with a rule: this object when the rule is the first that is asked for, else usually one object for all pods that
    /// follow the rule here. Several targets may ask at once, each for its own rule.
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

    /// <summary>True when all but the rule is the same.</summary>
    public bool IsSameAs(PodScope other) => ReferenceEquals(this, other)
        || (string.Equals(Node, other.Node, StringComparison.Ordinal) && string.Equals(Zone, other.Zone, StringComparison.Ordinal)
            && string.Equals(Namespace, other.Namespace, StringComparison.Ordinal)
                && string.Equals(Uid, other.Uid, StringComparison.Ordinal) && ReferenceEquals(Host, other.Host)
                && string.Equals(Cluster, other.Cluster, StringComparison.Ordinal));
}
