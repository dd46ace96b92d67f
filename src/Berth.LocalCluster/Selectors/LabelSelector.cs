namespace Berth.LocalCluster.Selectors;

/// <summary>A label selector: equality and set based, from a query string or from an object's spec.</summary>
internal sealed class LabelSelector
{
    public static readonly LabelSelector Everything = new([]);

    private readonly List<Requirement> _requirements;

    private LabelSelector(List<Requirement> requirements) => _requirements = requirements;

    private enum Operator
    {
        In,
        NotIn,
        Exists,
        Missing,
    }

    /// <summary>Whether an object carries labels that fit.</summary>
    public bool Matches(JsonNode? body) => MatchesLabels(body.At("metadata", "labels"));

    public bool MatchesLabels(JsonNode? labels) => _requirements.TrueForAll(requirement =>
    {
        string? value = labels.Text(requirement.Key);
        return requirement.Operator switch
        {
            Operator.In => value is not null && requirement.Values.Contains(value, StringComparer.Ordinal),
            Operator.NotIn => value is null || !requirement.Values.Contains(value, StringComparer.Ordinal),
            Operator.Exists => value is not null,
            _ => value is null,
        };
    });

    /// <summary>A plain map, as a Service's selector is.</summary>
    public static LabelSelector FromMap(JsonNode? map) => new([.. map.Map().Select(pair => new Requirement(pair.Key, Operator.In, [pair.Value]))]);

    /// <summary>matchLabels and matchExpressions, as workloads have.</summary>
    public static LabelSelector FromSpec(JsonNode? selector)
    {
        LabelSelector result = FromMap(selector.At("matchLabels"));
        foreach (JsonObject expression in selector.Items("matchExpressions"))
        {
            Operator how = expression.Text("operator") switch
            {
                "In" => Operator.In,
                "NotIn" => Operator.NotIn,
                "Exists" => Operator.Exists,
                _ => Operator.Missing,
            };
            result._requirements.Add(new(expression.Text("key") ?? "", how, [.. expression.Texts("values")]));
        }

        return result;
    }

    /// <exception cref="ApiException">400 with the words of a real server.</exception>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Everything;
        var tokens = new SelectorTokens(text);
        var parsed = new List<Requirement>();
        do
        {
            parsed.Add(ParseRequirement(tokens));
        }
        while (tokens.NextSeparator());
        return new LabelSelector(parsed);
    }

    private static Requirement ParseRequirement(SelectorTokens tokens)
    {
        if (tokens.Accept("!"))
            return new(tokens.Identifier("identifier"), Operator.Missing, []);
        string key = tokens.Identifier("!, identifier, or 'end of string'");
        if (tokens.AtEnd || tokens.Peek == ",")
            return new(key, Operator.Exists, []);
        string how = tokens.Next();
        return how switch
        {
            "=" or "==" => new(key, Operator.In, [tokens.Value()]),
            "!=" => new(key, Operator.NotIn, [tokens.Value()]),
            "in" => new(key, Operator.In, tokens.Values()),
            "notin" => new(key, Operator.NotIn, tokens.Values()),
            _ => throw ApiException.BadRequest($"unable to parse requirement: found '{how}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private sealed record Requirement(string Key, Operator Operator, IReadOnlyList<string> Values);
}
