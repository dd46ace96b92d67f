using System.Text.Json;

namespace Berth.Cli.Doctor;

/// <summary>An answer of the API server, or the reason why there is none.</summary>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Body">The body of a good answer.</param>
/// <param name="Fault">The server's message or ours when the answer is not good; else null.</param>
/// <param name="Date">The server's clock, in whole seconds, or null.</param>
internal sealed record ApiAnswer(int Status, JsonElement Body, string? Fault, DateTimeOffset? Date)
{
    public bool IsGood => Fault is null;

    /// <summary>True when nothing answered at all.</summary>
    public bool IsSilent => Status == 0;

    /// <summary>The items of a list.</summary>
    public IEnumerable<JsonElement> Items => Elements(Body, "items");

    /// <summary>The elements of an array, none where there is no such array.</summary>
    public static IEnumerable<JsonElement> Elements(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement array)
            && array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray()
            : [];

    /// <summary>The text at a path, or null.</summary>
    public static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }

    /// <summary>The texts of an array.</summary>
    public static string[] Texts(JsonElement element, string name) =>
        [.. Elements(element, name).Where(static each => each.ValueKind == JsonValueKind.String).Select(static each => each.GetString()!)];
}
