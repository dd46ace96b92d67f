using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Selectors;

/// <summary>
/// A label selector: equality and set based, from a query string or from an object's spec. Each requirement is a condition on the
/// labels.
/// </summary>
internal sealed class LabelSelector
{
    /// <summary>Returns labels as the text of a selector: <c>app=service-b,tier=game</c>.</summary>
    public static string Pairs(JsonNode? labels) => string.Join(',', labels.Map().Select(pair => $"{pair.Key}={pair.Value}"));

    public static readonly LabelSelector Everything = new([]);

    private readonly IReadOnlyList<Func<JsonNode?, bool>> _requirements;

    private LabelSelector(IReadOnlyList<Func<JsonNode?, bool>> requirements) => _requirements = requirements;

    /// <summary>True when every object matches.</summary>
    public bool IsEmpty => _requirements.Count == 0;

    /// <summary>True when the labels of an object match.</summary>
    public bool Matches(JsonNode? body)
    {
        JsonNode? labels = body.At("metadata", "labels");
        return _requirements.All(requirement => requirement(labels));
    }

    /// <summary>Reads a plain map, like the selector of a Service.</summary>
    public static LabelSelector FromMap(JsonNode? map) => new([.. map.Map().Select(pair => In(pair.Key, pair.Value))]);

    /// <summary>Reads matchLabels and matchExpressions, as in workloads.</summary>
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
        SelectorTokens tokens = new(text);
        List<Func<JsonNode?, bool>> parsed = new();
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
        FieldFaults faults = [];
        FieldRules.Form(faults, "qualified", key, "<nil>");
        string how = tokens.Next();
        string[] values = how is "in" or "notin" ? [.. tokens.Values()] : [tokens.Value()];
        foreach ((int index, string value) in values.Index())
            FieldRules.Form(faults, "labelvalue", value, $"values[{index}][{key}]");
        if (!long.TryParse(values[0], CultureInfo.InvariantCulture, out long limit) && how is ">" or "<")
            faults.Invalid($"values[0][{key}]", values[0], "for 'Gt', 'Lt' operators, the value must be an integer");
        if (faults.Count > 0)
            throw ApiException.BadRequest($"unable to parse requirement: {faults[0].Field}: {faults[0].Message}");
        return how switch
        {
            "=" or "==" or "in" => In(key, values),
            "!=" or "notin" => Not(In(key, values)),
            ">" or "<" => labels => long.TryParse(labels.Text(key), CultureInfo.InvariantCulture, out long number)
                && number.CompareTo(limit) == (how == ">" ? 1 : -1),
            _ => throw ApiException.BadRequest($"unable to parse requirement: found '{how}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private static Func<JsonNode?, bool> In(string key, params string[] values) =>
        labels => labels.Text(key) is { } value && values.Contains(value, StringComparer.Ordinal);

    private static Func<JsonNode?, bool> Exists(string key) => labels => labels.Text(key) is not null;

    private static Func<JsonNode?, bool> Not(Func<JsonNode?, bool> requirement) => labels => !requirement(labels);
}
