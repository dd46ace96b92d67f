namespace Berth.LocalCluster.Json;

/// <summary>Reads JSON as Go does: of a field that an object has twice the last value counts.</summary>
internal static class BodyReader
{
    /// <summary>Reads a text, and collects the paths of the fields that it has more than once, such as <c>data.a</c>.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8, out IReadOnlyList<string> twice)
    {
        List<string> found = [];
        Utf8JsonReader reader = new(utf8);
        reader.Read();
        JsonNode? node = Value(ref reader, "", found);
        // The reader reports any text after the value as a fault.
        while (reader.Read())
        {
        }

        twice = found;
        return node;
    }

    private static JsonNode? Value(ref Utf8JsonReader reader, string path, List<string> twice) => reader.TokenType switch
    {
        JsonTokenType.StartObject => Fields(ref reader, path, twice),
        JsonTokenType.StartArray => Items(ref reader, path, twice),
        JsonTokenType.String => JsonValue.Create(reader.GetString()),
        JsonTokenType.True or JsonTokenType.False => JsonValue.Create(reader.GetBoolean()),
        _ => JsonNode.Parse(ref reader),
    };

    private static JsonObject Fields(ref Utf8JsonReader reader, string path, List<string> twice)
    {
        JsonObject fields = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            string at = path.Length == 0 ? name : $"{path}.{name}";
            reader.Read();
            JsonNode? value = Value(ref reader, at, twice);
            if (fields.ContainsKey(name))
                twice.Add(at);
            fields[name] = value;
        }

        return fields;
    }

    private static JsonArray Items(ref Utf8JsonReader reader, string path, List<string> twice)
    {
        JsonArray items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(Value(ref reader, $"{path}[{items.Count}]", twice));
        return items;
    }
}
