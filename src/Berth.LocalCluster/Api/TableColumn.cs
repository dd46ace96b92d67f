namespace Berth.LocalCluster.Api;

/// <summary>
/// One column of a table. A wide column is shown only with <c>-o wide</c>; the cells of a numeric column are numbers; those of a timed
/// column change without a change of the object.
/// </summary>
internal sealed record TableColumn(
    string Name, Func<JsonObject, DateTimeOffset, string> Read, bool Wide = false, bool IsNumber = false, bool IsTimed = false)
{
    /// <summary>The type that a real server states.</summary>
    public string Type => IsNumber ? "integer" : Name == "Created At" ? "date" : "string";

    /// <summary>Writes a value of this column.</summary>
    public void WriteCell(Utf8JsonWriter writer, string text)
    {
        if (IsNumber && long.TryParse(text, CultureInfo.InvariantCulture, out long number))
            writer.WriteNumberValue(number);
        else
            writer.WriteStringValue(text);
    }
}
