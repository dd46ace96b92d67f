using System.Buffers;
using System.Text.Encodings.Web;

namespace Berth.LocalCluster.Json;

/// <summary>Building and writing Kubernetes objects.</summary>
internal static class JsonWriting
{
    private static readonly JsonWriterOptions s_writerOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The child object of a name, created where it is missing.</summary>
    public static JsonObject Child(this JsonObject node, string name)
    {
        if (node[name] is not JsonObject child)
            node[name] = child = [];
        return child;
    }

    /// <summary>An object of these fields; those without a value are left out.</summary>
    public static JsonObject Fields(params IEnumerable<(string Name, JsonNode? Value)> fields) =>
        new(fields.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, field.Value)));

    /// <summary>A count as Go writes one that is left out where it is zero.</summary>
    public static JsonNode? UnlessZero(long count) => count == 0 ? null : count;

    /// <summary>Sets a default: nothing happens where the field has a value.</summary>
    public static void Default(this JsonObject node, string name, JsonNode value) => node[name] ??= value;

    public static JsonObject Clone(this JsonObject node) => (JsonObject)node.DeepClone();

    public static JsonArray TextArray(params IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    public static JsonObject TextMap(IEnumerable<KeyValuePair<string, string>> pairs) =>
        new(pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    /// <summary>A copy whose fields stand in the order of their names, so that what says the same is written the same.</summary>
    public static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    public static byte[] ToUtf8(this JsonNode? node)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using (Utf8JsonWriter writer = new(buffer, s_writerOptions))
        {
            if (node is null)
                writer.WriteNullValue();
            else
                node.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Reads every node once. A parsed tree builds itself on first access, which two readers must not do at once; after this it
    /// only is read.
    /// </summary>
    public static void Freeze(JsonNode? node)
    {
        IEnumerable<JsonNode?> parts = node switch
        {
            JsonObject fields => fields.Select(pair => pair.Value),
            JsonArray items => items,
            _ => [],
        };
        foreach (JsonNode? part in parts)
            Freeze(part);
    }

    public static string Timestamp(this TimeProvider time) => Timestamp(time.GetUtcNow());

    public static string Timestamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static DateTimeOffset? ParseTimestamp(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;
}
