namespace Berth.LocalCluster.Manifests;

/// <summary>JSON texts one after the other, as kubectl takes them; of two like keys the last counts.</summary>
internal static class JsonDocuments
{
    /// <summary>The documents with the line each begins at; null where the text is not JSON, and may still be YAML.</summary>
    public static IReadOnlyList<(JsonNode? Body, long Line)>? TryRead(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = YamlReader.MaximumDepth });
        List<(JsonNode?, long)> documents = new();
        try
        {
            while (reader.Read())
            {
                long line = 1 + utf8.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n');
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                documents.Add((ToNode(document.RootElement), line));
            }

            return documents;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair.
            return null;
        }
    }

    private static JsonNode? ToNode(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                JsonObject fields = new();
                foreach (JsonProperty field in element.EnumerateObject())
                    fields[field.Name] = ToNode(field.Value);
                return fields;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(ToNode)]);
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.TryGetInt64(out long whole) ? whole
                    : element.GetDouble() is double real && double.IsFinite(real) ? real
                    : throw new JsonException($"the number {element.GetRawText()} is too large");
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return null;
        }
    }
}
