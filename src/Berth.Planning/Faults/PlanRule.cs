namespace Berth.Planning;

/// <summary>One rule of the check.</summary>
/// <param name="Id">Its name, as in <c>overlap</c>.</param>
/// <param name="Title">What it finds: a clause.</param>
public sealed record PlanRule(string Id, string Title)
{
    /// <summary>Two workloads claim one port of a node.</summary>
    public static PlanRule Overlap { get; } = new("overlap", "Two workloads claim one port of a node");

    /// <summary>Two pods of one workload claim one port of a node.</summary>
    public static PlanRule OverlapWithin { get; } = new("overlap-within", "Two pods of one workload claim one port of a node");

    /// <summary>A port is above 65535.</summary>
    public static PlanRule AboveMax { get; } = new("above-65535", "A port is above 65535");

    /// <summary>A range reaches into the NodePort range.</summary>
    public static PlanRule NodePorts { get; } = new("node-port-range", "A range reaches into the NodePort range");

    /// <summary>A range reaches into the ephemeral range of nodes.</summary>
    public static PlanRule Ephemeral { get; } = new("ephemeral-range", "A range reaches into the ephemeral range of nodes");

    /// <summary>A port belongs to a program of the node.</summary>
    public static PlanRule NodeProgram { get; } = new("node-program", "A port belongs to a program of the node");

    /// <summary>A set cannot grow without meeting the next range.</summary>
    public static PlanRule Headroom { get; } = new("headroom", "A set cannot grow without meeting the next range");

    /// <summary>The ports of a workload on the host network are not known.</summary>
    public static PlanRule UnknownPorts { get; } = new("unknown-ports", "The ports of a workload on the host network are not known");

    /// <summary>A stated port cannot be read.</summary>
    public static PlanRule PortValue { get; } = new("port-value", "A stated port cannot be read");

    /// <summary>Two statements about one set's ports differ.</summary>
    public static PlanRule Disagreement { get; } = new("ports-disagree", "Two statements about the ports of one set differ");

    /// <summary>A field has a value that the API server refuses.</summary>
    public static PlanRule FieldValue { get; } = new("field-value", "A field has a value that the API server refuses");

    /// <summary>One object is in the input twice.</summary>
    public static PlanRule Repeated { get; } = new("object-twice", "One object is in the manifests twice");

    /// <summary>A base port is given to pods without ordinals.</summary>
    public static PlanRule NoOrdinal { get; } = new("no-ordinal", "A base port is given to pods without ordinals");

    /// <summary>A set on the host network declares container ports.</summary>
    public static PlanRule DeclaredPort { get; } = new("declared-port", "A set on the host network declares container ports");

    /// <summary>A probe has a fixed port.</summary>
    public static PlanRule FixedProbe { get; } = new("fixed-probe", "A probe has a fixed port");

    /// <summary>The pod does not get its own name.</summary>
    public static PlanRule PodName { get; } = new("pod-name", "The pod does not learn its own name");

    /// <summary>The DNS policy finds no cluster Service.</summary>
    public static PlanRule DnsPolicy { get; } = new("dns-policy", "The DNS policy finds no cluster Service");

    /// <summary>The namespace refuses pods on the host network.</summary>
    public static PlanRule PodSecurity { get; } = new("pod-security", "The namespace refuses pods on the host network");

    /// <summary>The grace period ends before the drain.</summary>
    public static PlanRule Grace { get; } = new("grace", "The grace period ends before the drain");

    /// <summary>The name of a set is too long for its pods.</summary>
    public static PlanRule NameLength { get; } = new("name-length", "The name of a set is too long for its pods");

    /// <summary>A set has no Service.</summary>
    public static PlanRule ServiceMissing { get; } = new("service-missing", "A set has no Service");

    /// <summary>The Service of a set is not headless.</summary>
    public static PlanRule ServiceNotHeadless { get; } = new("service-not-headless", "The Service of a set is not headless");

    /// <summary>The Service that a set names does not select its pods.</summary>
    public static PlanRule ServiceOfOthers { get; } = new("service-of-others", "The Service that a set names does not select its pods");

    /// <summary>One Service selects pods of several workloads.</summary>
    public static PlanRule ServiceShared { get; } = new("service-shared", "One Service selects pods of several workloads");

    /// <summary>The Service publishes pods that are not ready.</summary>
    public static PlanRule NotReady { get; } = new("publish-not-ready", "The Service publishes pods that are not ready");

    /// <summary>A Service's port names a container port that the pods do not declare.</summary>
    public static PlanRule NamedTargetPort { get; } =
        new("named-target-port", "A Service's port names a container port that the pods do not declare");

    /// <summary>The ordinals of a running set move.</summary>
    public static PlanRule OrdinalsMoved { get; } = new("ordinals-moved", "The ordinals of a running set move");

    /// <summary>All rules.</summary>
    public static IReadOnlyList<PlanRule> All { get; } =
    [
        Overlap, OverlapWithin, AboveMax, NodePorts, Ephemeral, NodeProgram, Headroom, UnknownPorts, PortValue, Disagreement, FieldValue,
        Repeated, NoOrdinal,
        DeclaredPort, FixedProbe, PodName, DnsPolicy, PodSecurity, Grace, NameLength, ServiceMissing, ServiceNotHeadless, ServiceOfOthers,
        ServiceShared, NotReady, NamedTargetPort, OrdinalsMoved,
    ];
}
