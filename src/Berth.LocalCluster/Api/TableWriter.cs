using System.Runtime.CompilerServices;
using Berth.LocalCluster.Json;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Api;

/// <summary>Writes lists as tables for kubectl. The server chooses the columns and words.</summary>
internal sealed class TableWriter(TimeProvider time)
{
    /// <summary>The typical size of a row, to begin with.</summary>
    private const int RowSize = 1024;

    /// <summary>The end of a table, after its rows.</summary>
    private const string End = "]}";

    /// <summary>The cells of each version of an object, except those of timed columns.</summary>
    private readonly ConditionalWeakTable<StoredObject, string?[]> _cells = [];

    /// <summary>Writes one object as a table of one row.</summary>
    public ReadOnlyMemory<byte> WriteOne(StoredObject item, AnswerForm form, bool withColumns = true)
    {
        JsonObject metadata = new() { ["resourceVersion"] = item.Version.ToString(CultureInfo.InvariantCulture) };
        return Write(item.Kind, [item], metadata, form, withColumns);
    }

    /// <summary>Returns the parts of a list as a table.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> WriteList(
        ResourceKind kind, IReadOnlyList<StoredObject> items, JsonObject metadata, AnswerForm form)
    {
        IReadOnlyList<TableColumn> columns = TableColumns.Of(kind);
        DateTimeOffset now = time.GetUtcNow();
        ReadOnlyMemory<byte> empty = Write(kind, [], metadata, form, withColumns: true);
        return
        [
            empty[..^End.Length],
            .. JsonWriting.ToParts(items, (writer, item) => WriteRow(writer, columns, item, form, now)),
            empty[^End.Length..],
        ];
    }

    private ReadOnlyMemory<byte> Write(
        ResourceKind kind, IReadOnlyList<StoredObject> items, JsonObject metadata, AnswerForm form, bool withColumns)
    {
        IReadOnlyList<TableColumn> columns = TableColumns.Of(kind);
        DateTimeOffset now = time.GetUtcNow();
        return JsonWriting.ToUtf8((items.Count + 1) * RowSize, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("kind", "Table");
            writer.WriteString("apiVersion", form.ApiVersion);
            writer.WriteField("metadata", metadata);
            writer.WriteField("columnDefinitions", withColumns ? new JsonArray([.. columns.Select(Definition)]) : null);
            writer.WriteStartArray("rows");
            foreach (StoredObject item in items)
                WriteRow(writer, columns, item, form, now);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private void WriteRow(
        Utf8JsonWriter writer, IReadOnlyList<TableColumn> columns, StoredObject item, AnswerForm form, DateTimeOffset now)
    {
        string?[] cells = _cells.GetValue(
            item, row => [.. columns.Select(column => column.IsTimed ? null : column.Read(row.Body, now))]);
        writer.WriteStartObject();
        writer.WriteStartArray("cells");
        foreach ((int index, TableColumn column) in columns.Index())
            column.WriteCell(writer, cells[index] ?? column.Read(item.Body, now));
        writer.WriteEndArray();
        writer.WritePropertyName("object");
        if (form.Include == "None")
            writer.WriteNullValue();
        else if (form.Include == "Object")
            writer.WriteRawValue(item.Utf8, skipInputValidation: true);
        else
            form.WriteMetadata(writer, item);
        writer.WriteEndObject();
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
