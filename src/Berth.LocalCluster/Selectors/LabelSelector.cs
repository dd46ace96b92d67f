namespace Berth.LocalCluster.Selectors;

/// <summary>A label selector: equality and set based, from a query string or from an object's spec. Each requirement is a condition on the labels.</summary>
internal sealed class LabelSelector
{
    public static readonly LabelSelector Everything = new([]);

    private readonly IReadOnlyList<Func<JsonNode?, bool>> _requirements;

    private LabelSelector(IReadOnlyList<Func<JsonNode?, bool>> requirements) => _requirements = requirements;

    /// <summary>Whether an object carries labels that fit.</summary>
    public bool Matches(JsonNode? body) => body.At("metadata", "labels") is var labels && _requirements.All(requirement => requirement(labels));

    /// <summary>A plain map, as a Service's selector is.</summary>
    public static LabelSelector FromMap(JsonNode? map) => new([.. map.Map().Select(pair => In(pair.Key, pair.Value))]);

    /// <summary>matchLabels and matchExpressions, as workloads have.</summary>
    public static LabelSelector FromSpec(JsonNode? selector) => new(
    [
        .. FromMap(selector.At("matchLabels"))._requirements,
        .. selector.Items("matchExpressions").Select(expression => (expression.Text("key") ?? "", expression.Text("operator")) switch
        {
            (var key, "In") => In(key, [.. expression.Texts("values")]),
            (var key, "NotIn") => Not(In(key, [.. expression.Texts("values")])),
            (var key, "Exists") => Exists(key),
            (var key, _) => Not(Exists(key)),
        }),
    ]);

    /// <exception cref="ApiException">400 with the words of a real server.</exception>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Everything;
        var tokens = new SelectorTokens(text);
        var parsed = new List<Func<JsonNode?, bool>>();
        do
            parsed.Add(ParseRequirement(tokens));
        while (tokens.NextSeparator());
        return new LabelSelector(parsed);
    }

    private static Func<JsonNode?, bool> ParseRequirement(SelectorTokens tokens)
    {
        if (tokens.Accept("!"))
            return Not(Exists(tokens.Identifier("identifier")));
        string key = tokens.Identifier("!, identifier, or 'end of string'");
        if (tokens.AtEnd || tokens.Peek == ",")
            return Exists(key);
        string how = tokens.Next();
        return how switch
        {
            "=" or "==" => In(key, tokens.Value()),
            "!=" => Not(In(key, tokens.Value())),
            "in" => In(key, [.. tokens.Values()]),
            "notin" => Not(In(key, [.. tokens.Values()])),
            _ => throw ApiException.BadRequest($"unable to parse requirement: found '{how}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private static Func<JsonNode?, bool> In(string key, params string[] values) => labels => labels.Text(key) is { } value && values.Contains(value, StringComparer.Ordinal);

    private static Func<JsonNode?, bool> Exists(string key) => labels => labels.Text(key) is not null;

    private static Func<JsonNode?, bool> Not(Func<JsonNode?, bool> requirement) => labels => !requirement(labels);
}
