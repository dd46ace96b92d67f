using Berth.LocalCluster.Fields;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Rules;

/// <summary>
/// The schema of a custom kind (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/): its
/// defaults, and the rules <c>type</c>, <c>required</c>, <c>enum</c>, <c>minimum</c> and <c>maximum</c>. Other rules are ignored.
/// </summary>
internal static class CustomSchema
{
    private const string AnyNumber = "x-kubernetes-int-or-string";

    /// <summary>Fills in the defaults of fields that an object does not state.</summary>
    public static void Fill(JsonNode? schema, JsonNode? value)
    {
        if (value is JsonObject fields && schema.At("properties") is JsonObject properties)
        {
            foreach ((string name, JsonNode? below) in properties)
            {
                if (!fields.ContainsKey(name) && below.At("default") is { } filled)
                    fields[name] = filled.DeepClone();
            }
        }

        foreach ((string _, JsonNode? part, JsonNode? below) in Parts(schema, value))
            Fill(below, part);
    }

    /// <summary>Refuses an object that its schema does not allow. The message has all faults, in the words of a real server.</summary>
    /// <exception cref="ApiException">422.</exception>
    public static void Check(ResourceKind kind, JsonNode? schema, JsonObject body)
    {
        FieldFaults faults = new();
        Check(faults, schema, body, "");
        if (faults.Count > 0)
            throw ApiException.Invalid(kind, body.Text("metadata", "name") ?? "", faults);
    }

    private static void Check(FieldFaults faults, JsonNode? schema, JsonNode? value, string at)
    {
        // A real server either drops a null or allows it.
        if (value is null)
            return;
        string? type = schema.Flag(AnyNumber) ? null : schema.Text("type");
        if (type is not null && !Fits(type, value))
        {
            string given = TypeOf(value);
            faults.Add((at, $"Invalid value: \"{given}\": {at} in body must be of type {type}: \"{given}\"", "FieldValueTypeInvalid"));
            return;
        }

        if (schema.At("enum") is JsonArray allowed && !allowed.Any(one => JsonNode.DeepEquals(one, value)))
            faults.NotSupported(at, value, [.. allowed.Select(static one => one.Plain())]);
        if (value.GetValueKind() == JsonValueKind.Number)
            Bounds(faults, schema, value, at);
        if (value is JsonObject fields)
        {
            foreach (string name in schema.Texts("required").Where(name => !fields.ContainsKey(name)))
                faults.Required(Below(at, name));
        }

        foreach ((string step, JsonNode? part, JsonNode? below) in Parts(schema, value))
            Check(faults, below, part, step.StartsWith('[') ? at + step : Below(at, step));
    }

    /// <summary>Returns the parts of a value that a schema describes, each with its step and its schema.</summary>
    private static IEnumerable<(string Step, JsonNode? Part, JsonNode? Schema)> Parts(JsonNode? schema, JsonNode? value)
    {
        if (value is JsonArray items)
            return items.Index().Select(item => ($"[{item.Index}]", item.Item, schema.At("items")));
        if (value is not JsonObject fields)
            return [];
        JsonNode? rest = schema.At("additionalProperties") as JsonObject;
        return fields.Select(field => (field.Key, field.Value, schema.At("properties", field.Key) ?? rest)).Where(static part =>
            part.Item3 is not null);
    }

    private static void Bounds(FieldFaults faults, JsonNode? schema, JsonNode value, string at)
    {
        double number = Number(value);
        if (schema.At("minimum") is { } least && number < Number(least))
            faults.Invalid(at, value, $"{at} in body should be greater than or equal to {least.ToJsonString()}");
        if (schema.At("maximum") is { } most && number > Number(most))
            faults.Invalid(at, value, $"{at} in body should be less than or equal to {most.ToJsonString()}");
    }

    private static bool Fits(string type, JsonNode value) => (type, value.GetValueKind()) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger(Number(value)),
        ("object" or "array" or "string" or "boolean" or "number" or "integer", _) => false,
        _ => true,
    };

    private static string TypeOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => double.IsInteger(Number(value)) ? "integer" : "number",
        _ => "boolean",
    };

    private static double Number(JsonNode value) =>
        double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : 0;

    private static string Below(string at, string name) => at.Length == 0 ? name : $"{at}.{name}";
}
