using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Api;

/// <summary>Writes lists as tables for kubectl. The server chooses the columns and words.</summary>
internal sealed class TableWriter(TimeProvider time)
{
    /// <summary>Writes one object as a table of one row.</summary>
    public byte[] WriteOne(StoredObject item, AnswerForm form, bool withColumns = true)
    {
        JsonObject metadata = new() { ["resourceVersion"] = item.Body.Text("metadata", "resourceVersion") };
        return Write(item.Kind, [item], metadata, form, withColumns).ToUtf8();
    }

    public JsonObject Write(
        ResourceKind kind, IReadOnlyList<StoredObject> items, JsonObject metadata, AnswerForm form, bool withColumns = true)
    {
        IReadOnlyList<TableColumn> columns = TableColumns.Of(kind);
        JsonNode Row(StoredObject item) => new JsonObject
        {
            ["cells"] = new JsonArray([.. columns.Select(column => column.Cell(item.Body, time.GetUtcNow()))]),
            ["object"] = form.Include switch
            {
                "None" => null,
                "Object" => item.Body.DeepClone(),
                _ => form.MetadataOf(item.Body),
            },
        };
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = form.ApiVersion,
            ["metadata"] = metadata,
            ["columnDefinitions"] = withColumns ? new JsonArray([.. columns.Select(Definition)]) : null,
            ["rows"] = new JsonArray([.. items.Select(Row)]),
        };
    }

    private static JsonNode Definition(TableColumn column) => JsonWriting.Fields(
        ("name", column.Name),
        ("type", column.Type),
        ("format", column.Name == "Name" ? "name" : ""),
        ("description", column.Name),
        ("priority", column.Wide ? 1 : 0));

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
