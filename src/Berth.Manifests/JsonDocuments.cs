using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Manifests;

/// <summary>JSON texts one after the other, as kubectl takes them; of two like keys the last counts.</summary>
internal sealed class JsonDocuments
{
    private readonly byte[] _utf8;
    private readonly SourceLines? _lines;
    private int _counted;
    private long _line = 1;

    private JsonDocuments(byte[] utf8, SourceLines? lines)
    {
        _utf8 = utf8;
        _lines = lines;
    }

    /// <summary>Reads the documents, each with the line of its start. Null when the text is not JSON; it may still be YAML.</summary>
    /// <param name="text">The texts.</param>
    /// <param name="lines">Gets the line of every value, or null when nothing asks for them.</param>
    public static IReadOnlyList<(JsonNode? Body, long Line)>? TryRead(string text, SourceLines? lines = null)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = YamlReader.MaxDepth });
        JsonDocuments all = new(utf8, lines);
        List<(JsonNode?, long)> documents = new();
        try
        {
            while (reader.Read())
            {
                long line = all.LineOf(reader.TokenStartIndex);
                documents.Add((all.ReadValue(ref reader, line), line));
            }

            return documents;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: half of a surrogate pair.
            return null;
        }
    }

    private JsonNode? ReadValue(ref Utf8JsonReader reader, long line)
    {
        JsonNode? node = reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader),
            JsonTokenType.StartArray => ReadArray(ref reader),
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number => ReadNumber(ref reader),
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => null,
        };
        _lines?.Add(node, line);
        return node;
    }

    private JsonObject ReadObject(ref Utf8JsonReader reader)
    {
        JsonObject fields = new();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            long line = LineOf(reader.TokenStartIndex);
            reader.Read();
            fields[name] = ReadValue(ref reader, line);
        }

        return fields;
    }

    private JsonArray ReadArray(ref Utf8JsonReader reader)
    {
        JsonArray items = new();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(ReadValue(ref reader, LineOf(reader.TokenStartIndex)));
        return items;
    }

    private static JsonNode ReadNumber(ref Utf8JsonReader reader) =>
        reader.TryGetInt64(out long whole) ? whole
        : reader.GetDouble() is double real && double.IsFinite(real) ? real
        : throw new JsonException("a number is too large");

    /// <summary>The line of a token. Tokens are asked for in their order.</summary>
    private long LineOf(long index)
    {
        _line += _utf8.AsSpan(_counted, (int)index - _counted).Count((byte)'\n');
        _counted = (int)index;
        return _line;
    }
}
