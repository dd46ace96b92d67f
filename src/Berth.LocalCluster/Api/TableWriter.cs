using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Api;

/// <summary>Writes lists as tables for kubectl. The server chooses the columns and words.</summary>
internal sealed class TableWriter(TimeProvider time)
{
    /// <summary>Writes one object as a table of one row.</summary>
    public byte[] WriteOne(StoredObject item, string? includeObject) =>
        Write(item.Kind, [item], new() { ["resourceVersion"] = item.Body.Text("metadata", "resourceVersion") }, includeObject).ToUtf8();

    public JsonObject Write(ResourceKind kind, IReadOnlyList<StoredObject> items, JsonObject metadata, string? includeObject)
    {
        IReadOnlyList<TableColumn> columns = TableColumns.Of(kind);
        IEnumerable<JsonNode> definitions = columns.Select(column => JsonWriting.Fields(
            ("name", column.Name),
            ("type", column.Type),
            ("format", column.Name == "Name" ? "name" : ""),
            ("description", column.Name),
            ("priority", column.Wide ? 1 : 0)));
        IEnumerable<JsonNode> rows = items.Select(item => JsonWriting.Fields(
            ("cells", new JsonArray([.. columns.Select(column => column.Cell(item.Body, time.GetUtcNow()))])),
            ("object", Included(item, includeObject))));
        return JsonWriting.Fields(
            ("kind", "Table"),
            ("apiVersion", "meta.k8s.io/v1"),
            ("metadata", metadata),
            ("columnDefinitions", new JsonArray([.. definitions])),
            ("rows", new JsonArray([.. rows])));
    }

    private static JsonNode? Included(StoredObject item, string? includeObject) => includeObject switch
    {
        "None" => null,
        "Object" => item.Body.DeepClone(),
        _ => new JsonObject
        {
            ["kind"] = "PartialObjectMetadata",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = item.Body["metadata"]!.DeepClone(),
        },
    };

    /// <summary>Returns a duration in the form of kubectl: 45s, 3m10s, 12m, 5h, 3d.</summary>
    public static string Age(string? since, DateTimeOffset now)
    {
        if (JsonWriting.ParseTimestamp(since) is not { } from)
            return "<unknown>";
        TimeSpan age = now > from ? now - from : TimeSpan.Zero;
        return age switch
        {
            { TotalMinutes: < 2 } => $"{(int)age.TotalSeconds}s",
            { TotalMinutes: < 10 } => $"{age.Minutes}m" + (age.Seconds == 0 ? "" : $"{age.Seconds}s"),
            { TotalHours: < 3 } => $"{(int)age.TotalMinutes}m",
            { TotalHours: < 8 } => $"{age.Hours}h" + (age.Minutes == 0 ? "" : $"{age.Minutes}m"),
            { TotalDays: < 2 } => $"{(int)age.TotalHours}h",
            { TotalDays: < 8 } => $"{age.Days}d" + (age.Hours == 0 ? "" : $"{age.Hours}h"),
            _ => $"{age.Days}d",
        };
    }
}
