using System.Buffers;
using System.Text.Encodings.Web;

namespace Berth.LocalCluster.Json;

/// <summary>Builds and writes Kubernetes objects.</summary>
internal static class JsonWriting
{
    private const int ItemsOfPart = 32;

    private static readonly byte[] s_comma = ","u8.ToArray();

    private static readonly JsonWriterOptions s_writerOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Returns the child object of a name, and creates it when it is missing.</summary>
    public static JsonObject Child(this JsonObject node, string name)
    {
        if (node[name] is not JsonObject child)
            node[name] = child = [];
        return child;
    }

    /// <summary>Creates an object of these fields. Fields without a value are left out.</summary>
    public static JsonObject Fields(params IEnumerable<(string Name, JsonNode? Value)> fields) =>
        new(fields.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, field.Value)));

    /// <summary>Returns a count, or null for zero, because Go then omits the field.</summary>
    public static JsonNode? UnlessZero(long count) => count == 0 ? null : count;

    /// <summary>Sets a default value, unless the field has a value.</summary>
    public static void Default(this JsonObject node, string name, JsonNode value) => node[name] ??= value;

    public static JsonObject Clone(this JsonObject node) => (JsonObject)node.DeepClone();

    public static JsonArray TextArray(params IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    public static JsonObject TextMap(IEnumerable<KeyValuePair<string, string>> pairs) =>
        new(pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    /// <summary>Returns a copy with the fields in the order of their names, so that equal objects have equal texts.</summary>
    public static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, Sorted(pair.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    public static byte[] ToUtf8(this JsonNode? node) => ToUtf8(1024, writer => writer.WriteValue(node)).ToArray();

    /// <summary>Returns the JSON that a writer gets.</summary>
    /// <param name="size">The expected size in bytes.</param>
    /// <param name="write">Writes the JSON.</param>
    public static ReadOnlyMemory<byte> ToUtf8(int size, Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new(size);
        using (Utf8JsonWriter writer = new(buffer, s_writerOptions))
            write(writer);
        return buffer.WrittenMemory;
    }

    /// <summary>
    /// Returns the JSON of the items of a list, without its brackets, in small parts: a large array of bytes would make the collector look
    /// at the whole heap.
    /// </summary>
    public static IEnumerable<ReadOnlyMemory<byte>> ToParts<T>(IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        for (int from = 0; from < items.Count; from += ItemsOfPart)
        {
            ReadOnlyMemory<byte> part = ToUtf8(ItemsOfPart * 1024, writer =>
            {
                writer.WriteStartArray();
                for (int i = from; i < Math.Min(from + ItemsOfPart, items.Count); i++)
                    write(writer, items[i]);
                writer.WriteEndArray();
            });
            if (from > 0)
                yield return s_comma;
            yield return part[1..^1];
        }
    }

    public static void WriteValue(this Utf8JsonWriter writer, JsonNode? node)
    {
        if (node is null)
            writer.WriteNullValue();
        else
            node.WriteTo(writer);
    }

    public static void WriteField(this Utf8JsonWriter writer, string name, JsonNode? node)
    {
        writer.WritePropertyName(name);
        writer.WriteValue(node);
    }

    /// <summary>
    /// Reads every node once. A parsed tree is built at the first access, which is not safe for two readers. After this call it is only
    /// read.
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
