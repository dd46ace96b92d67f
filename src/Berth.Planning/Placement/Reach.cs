using Berth.Planning.Objects;
using Berth.Planning.Workloads;

namespace Berth.Planning.Placement;

/// <summary>The nodes that pods of two workloads can share.</summary>
internal sealed class Reach
{
    private readonly IReadOnlyList<PlanObject> _nodes;
    private readonly Dictionary<Workload, int> _ids = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
    private readonly List<(NodeTerms Terms, bool[]? Nodes)> _placements = [];
    private readonly Dictionary<(int, int), bool> _shared = [];

    public Reach(IReadOnlyList<PlanObject> nodes) => _nodes = nodes;

    /// <summary>True when the nodes themselves are known, with their labels and taints.</summary>
    public bool KnowsNodes => _nodes.Count > 0;

    /// <summary>True when both can be on one node.</summary>
    public bool CanShare(Workload one, Workload other) =>
        CanShare(IdOf(one), IdOf(other)) && !KeepsAway(one, other) && !KeepsAway(other, one);

    /// <summary>A clause for a message about expressions that were not understood, or null.</summary>
    public string? DoubtAbout(Workload one, Workload other) =>
        _placements[IdOf(one)].Terms.IsUnderstood && _placements[IdOf(other)].Terms.IsUnderstood
            ? null
            : "a node affinity has an operator or a number that Kubernetes does not take, and may be meant to keep them apart";

    /// <summary>True when a required anti-affinity keeps pods of one workload on different nodes.</summary>
    public static bool KeepsApart(Workload workload) => KeepsAway(workload, workload);

    private bool CanShare(int one, int other)
    {
        (int, int) key = one < other ? (one, other) : (other, one);
        if (_shared.TryGetValue(key, out bool known))
            return known;
        (NodeTerms terms, bool[]? nodes) = _placements[one];
        (NodeTerms otherTerms, bool[]? otherNodes) = _placements[other];
        bool shares = terms.CanMeet(otherTerms)
            && (nodes is null || otherNodes is null || nodes.Zip(otherNodes).Any(static pair => pair.First && pair.Second));
        return _shared[key] = shares;
    }

    private int IdOf(Workload workload)
    {
        if (_ids.TryGetValue(workload, out int id))
            return id;

        // Most workloads have one of a few placements.
        JsonObject spec = workload.PodSpec;
        string text = string.Join(
            '\n', spec["nodeName"]?.ToJsonString(), spec["nodeSelector"]?.ToJsonString(),
            spec.At("affinity", "nodeAffinity")?.ToJsonString(), spec["tolerations"]?.ToJsonString(), workload.Object.Kind == "DaemonSet");
        if (!_known.TryGetValue(text, out id))
        {
            id = _known[text] = _placements.Count;
            NodeTerms terms = new(spec);
            _placements.Add((terms, KnowsNodes ? [.. _nodes.Select(node => Allows(node, terms, spec))] : null));
        }

        return _ids[workload] = id;
    }

    private static bool Allows(PlanObject node, NodeTerms terms, JsonObject spec) =>
        terms.AreMetBy(node.Name, node.Body.At("metadata", "labels"))
        // A pod that names its node is not scheduled.
        && (spec.Text("nodeName") is { Length: > 0 } || Taints.AreTolerated(node.Body, spec));

    private static bool KeepsAway(Workload one, Workload other)
    {
        foreach (JsonObject term in one.PodSpec.Items("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"))
        {
            if (term.Text("topologyKey") != "kubernetes.io/hostname" || !LabelSelector.Selects(term["labelSelector"], other.Labels))
                continue;
            string[] namespaces = [.. term.Texts("namespaces")];
            bool reaches = namespaces.Length > 0
                ? namespaces.Contains(other.Object.Namespace, StringComparer.Ordinal)
                : term["namespaceSelector"] is JsonObject { Count: 0 }
                    || (term["namespaceSelector"] is null && one.Object.Namespace == other.Object.Namespace);
            if (reaches)
                return true;
        }

        return false;
    }
}
