namespace Berth.Planning.Objects;

/// <summary>Selectors of labels: plain maps as in a Service, and matchLabels with matchExpressions as elsewhere.</summary>
internal static class LabelSelector
{
    /// <summary>True when a plain map selects the labels. An empty map selects nothing, as in a Service.</summary>
    public static bool MapSelects(JsonNode? map, JsonNode? labels)
    {
        if (map is not JsonObject { Count: > 0 } wanted)
            return false;
        foreach ((string key, JsonNode? value) in wanted)
        {
            if (labels.Text(key) is not { } actual || actual != value.Plain())
                return false;
        }

        return true;
    }

    /// <summary>True when a label selector selects the labels. An empty one selects all; null selects nothing.</summary>
    public static bool Selects(JsonNode? selector, JsonNode? labels)
    {
        if (selector is not JsonObject)
            return false;
        if (selector.At("matchLabels") is JsonObject { Count: > 0 } map && !MapSelects(map, labels))
            return false;
        return selector.Items("matchExpressions").All(expression => Holds(expression, labels));
    }

    private static bool Holds(JsonObject expression, JsonNode? labels)
    {
        string? actual = labels.Text(expression.Text("key") ?? "");
        return expression.Text("operator") switch
        {
            "In" => actual is not null && expression.Texts("values").Contains(actual, StringComparer.Ordinal),
            "NotIn" => actual is null || !expression.Texts("values").Contains(actual, StringComparer.Ordinal),
            "Exists" => actual is not null,
            "DoesNotExist" => actual is null,
            _ => true,
        };
    }
}
