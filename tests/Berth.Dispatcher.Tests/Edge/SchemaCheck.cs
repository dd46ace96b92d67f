using System.Text.Json;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>Holds JSON against a schema of the document: the words of JSON Schema that the document uses, and no others.</summary>
internal sealed class SchemaCheck(JsonElement document)
{
    private static readonly HashSet<string> s_known =
    [
        "$ref", "type", "enum", "required", "properties", "additionalProperties", "items", "oneOf", "format", "description",
    ];

    /// <summary>Follows references.</summary>
    public JsonElement Resolve(JsonElement element)
    {
        while (element.TryGetProperty("$ref", out JsonElement reference))
        {
            JsonElement found = document;
            foreach (string part in reference.GetString()!.Split('/').Skip(1))
                found = found.GetProperty(part);
            element = found;
        }

        return element;
    }

    /// <summary>Returns what is wrong with a value, each with its path.</summary>
    public IEnumerable<string> FaultsOf(JsonElement value, JsonElement schema, string path = "$")
    {
        schema = Resolve(schema);
        foreach (JsonProperty word in schema.EnumerateObject())
        {
            if (!s_known.Contains(word.Name))
                yield return $"{path}: the schema has the word {word.Name}, which is not checked";
        }

        if (schema.TryGetProperty("oneOf", out JsonElement choices))
        {
            int fitting = choices.EnumerateArray().Count(choice => !FaultsOf(value, choice, path).Any());
            if (fitting != 1)
                yield return $"{path}: {fitting} of the choices fit";
        }

        if (schema.TryGetProperty("type", out JsonElement type) && !IsOf(value, type))
            yield return $"{path}: {value.ValueKind} is not {type}";
        if (schema.TryGetProperty("enum", out JsonElement words)
            && words.EnumerateArray().All(word => word.GetString() != value.ToString()))
            yield return $"{path}: '{value}' is none of {words}";
        foreach (string fault in value.ValueKind switch
        {
            JsonValueKind.Object => FaultsOfObject(value, schema, path),
            JsonValueKind.Array when schema.TryGetProperty("items", out JsonElement items) =>
                value.EnumerateArray().SelectMany(item => FaultsOf(item, items, path + "[]")),
            _ => [],
        })
            yield return fault;
    }

    private static bool IsOf(JsonElement value, JsonElement type) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(one => IsOf(value, one))
        : type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            _ => false,
        };

    private IEnumerable<string> FaultsOfObject(JsonElement value, JsonElement schema, string path)
    {
        if (schema.TryGetProperty("required", out JsonElement required))
        {
            foreach (JsonElement name in required.EnumerateArray())
            {
                if (!value.TryGetProperty(name.GetString()!, out _))
                    yield return $"{path}: {name} is missing";
            }
        }

        bool hasProperties = schema.TryGetProperty("properties", out JsonElement properties);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (hasProperties && properties.TryGetProperty(member.Name, out JsonElement known))
            {
                foreach (string fault in FaultsOf(member.Value, known, $"{path}.{member.Name}"))
                    yield return fault;
            }
            else if (schema.TryGetProperty("additionalProperties", out _))
            {
                yield return $"{path}: {member.Name} is not documented";
            }
        }
    }
}
