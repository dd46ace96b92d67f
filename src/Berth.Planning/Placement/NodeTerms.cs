namespace Berth.Planning.Placement;

/// <summary>The nodes that a pod may run on, by its node selector, its node name and its required affinity.</summary>
internal sealed class NodeTerms
{
    private const string NodeName = "metadata.name";

    // A node must meet one of these terms. Each term has a requirement for each label that it names.
    private readonly List<Dictionary<string, Requirement>> _terms = [];

    public NodeTerms(JsonObject podSpec)
    {
        JsonObject[] alternatives =
        [
            .. podSpec.Items("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"),
        ];
        foreach (JsonObject? alternative in alternatives.Length == 0 ? [null] : alternatives.Select(static each => (JsonObject?)each))
        {
            Dictionary<string, Requirement> term = new(StringComparer.Ordinal);
            foreach ((string key, string value) in podSpec.Map("nodeSelector"))
                Add(term, key, "In", [value]);
            if (podSpec.Text("nodeName") is { Length: > 0 } node)
                Add(term, NodeName, "In", [node]);
            foreach (JsonObject each in alternative.Items("matchExpressions").Concat(alternative.Items("matchFields")))
                Add(term, each.Text("key") ?? "", each.Text("operator"), each.Texts("values"));
            _terms.Add(term);
        }
    }

    /// <summary>True when all expressions are valid. The others are taken to allow every node.</summary>
    public bool IsUnderstood { get; private set; } = true;

    /// <summary>False when no possible node can meet both.</summary>
    public bool CanMeet(NodeTerms other) => _terms.Any(own => other._terms.Any(theirs => CanMeet(own, theirs)));

    public bool AreMetBy(string node, JsonNode? labels) => _terms.Any(
        term => term.All(pair => pair.Value.IsMetBy(pair.Key == NodeName ? node : labels.Text(pair.Key))));

    private static bool CanMeet(Dictionary<string, Requirement> one, Dictionary<string, Requirement> other) =>
        one.All(pair => pair.Value.CanMeet(other.GetValueOrDefault(pair.Key, pair.Value)))
        && other.Values.All(static requirement => requirement.CanMeet(requirement));

    private void Add(Dictionary<string, Requirement> term, string key, string? @operator, IEnumerable<string> values)
    {
        if (!term.TryGetValue(key, out Requirement? requirement))
            term[key] = requirement = new Requirement();
        IsUnderstood &= requirement.Add(@operator, values);
    }
}
