using System.Buffers;
using System.Text.Json;
using Berth.LocalCluster.Selectors;

namespace Berth.LocalCluster.Api;

/// <summary>Lists: consistent pages, versions asked for, selectors, tables.</summary>
internal sealed class ListHandler(ObjectStore store, TableWriter tables)
{
    public ReadOnlyMemory<byte> List(RequestTarget target, Func<string, string?> query, bool asTable)
    {
        LabelSelector labels = LabelSelector.Parse(query("labelSelector"));
        FieldSelector fields = FieldSelector.Parse(query("fieldSelector"), target.Kind);
        (IReadOnlyList<StoredObject> all, long version, string? start) = Select(target, query);
        List<StoredObject> matching =
            [.. all.Where(item => (start is null || string.CompareOrdinal(PageKey(item, target), start) >= 0) && labels.Matches(item.Body) && fields.Matches(item.Body))];

        int limit = int.TryParse(query("limit"), CultureInfo.InvariantCulture, out int asked) && asked > 0 ? asked : int.MaxValue;
        List<StoredObject> page = matching.Count > limit ? matching[..limit] : matching;
        var metadata = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (matching.Count > limit)
        {
            metadata["continue"] = new ContinueToken(version, PageKey(page[^1], target)).ToString();
            if (string.IsNullOrEmpty(query("labelSelector")) && string.IsNullOrEmpty(query("fieldSelector")))
                metadata["remainingItemCount"] = matching.Count - limit;
        }

        return asTable ? tables.Write(target.Kind, page, metadata, query("includeObject")).ToUtf8() : Write(target.Kind, page, metadata);
    }

    private (IReadOnlyList<StoredObject> Items, long Version, string? Start) Select(RequestTarget target, Func<string, string?> query)
    {
        if (ContinueToken.Parse(query("continue")) is { } token)
        {
            IReadOnlyList<StoredObject> snapshot = store.ListAt(target.Kind, target.Namespace, token.Version) ?? throw new ApiException(
                410,
                "Expired",
                "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, "
                + "or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list.")
            {
                Continue = new ContinueToken(store.Version, token.Start.TrimEnd('\0')).ToString(),
            };
            return (snapshot, token.Version, token.Start);
        }

        long asked = ParseVersion(query("resourceVersion"));
        IReadOnlyList<StoredObject> items = store.List(target.Kind, target.Namespace, out long version);
        if (asked > version)
            throw ApiException.TooLarge(asked, version);
        if (query("resourceVersionMatch") == "Exact" && asked < version)
        {
            items = store.ListAt(target.Kind, target.Namespace, asked)
                ?? throw new ApiException(410, "Expired", "The resourceVersion for the provided list is too old.");
            version = asked;
        }

        return (items, version, null);
    }

    public static long ParseVersion(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long version)
            ? version
            : throw new ApiException(422, "Invalid", $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax", []);
    }

    /// <summary>Within one namespace a page starts at <c>/name</c>, across all at <c>/namespace/name</c>.</summary>
    private static string PageKey(StoredObject item, RequestTarget target) =>
        target.Kind.Namespaced && target.Namespace is null ? $"/{item.Namespace}/{item.Name}" : $"/{item.Name}";

    private static ReadOnlyMemory<byte> Write(ResourceKind kind, List<StoredObject> items, JsonObject metadata)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using Utf8JsonWriter writer = JsonWriting.NewWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("kind", kind.Kind + "List");
        writer.WriteString("apiVersion", kind.ApiVersion);
        writer.WritePropertyName("metadata");
        metadata.WriteTo(writer);
        writer.WriteStartArray("items");
        foreach (StoredObject item in items)
        {
            // A list names kind and version once, not in every item.
            writer.WriteStartObject();
            foreach ((string name, JsonNode? value) in item.Body.Where(pair => pair.Key is not ("kind" or "apiVersion")))
            {
                writer.WritePropertyName(name);
                JsonWriting.WriteNode(writer, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
