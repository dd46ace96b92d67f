namespace Berth.LocalCluster.Api;

/// <summary>One column of a table. A wide column is shown only with <c>-o wide</c>; the cells of a numeric column are numbers.</summary>
internal sealed record TableColumn(string Name, Func<JsonObject, DateTimeOffset, string> Read, bool Wide = false, bool IsNumber = false)
{
    /// <summary>The type that a real server states.</summary>
    public string Type => IsNumber ? "integer" : Name == "Created At" ? "date" : "string";

    /// <summary>Writes the value in the row of an object.</summary>
    public void WriteCell(Utf8JsonWriter writer, JsonObject item, DateTimeOffset now)
    {
        string text = Read(item, now);
        if (IsNumber && long.TryParse(text, CultureInfo.InvariantCulture, out long number))
            writer.WriteNumberValue(number);
        else
            writer.WriteStringValue(text);
    }
}
