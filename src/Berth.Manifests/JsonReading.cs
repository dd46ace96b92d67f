using System.Globalization;
using System.Text.Json.Nodes;

namespace Berth.Manifests;

/// <summary>Reading Kubernetes objects without their types: a path that leads nowhere reads as null.</summary>
internal static class JsonReading
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
            node = (node as JsonObject)?[name];
        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        if (node.At(path) is not JsonValue value)
            return null;
        return value.TryGetValue(out int small) ? small
            : value.TryGetValue(out long large) ? large
            : value.TryGetValue(out double real) ? (long)real
            : null;
    }

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out bool flag) && flag;

    /// <summary>Returns a plain value as text; empty when there is none.</summary>
    public static string Plain(this JsonNode? node)
    {
        if (node is null)
            return "";
        return node.Text() ?? node.Number()?.ToString(CultureInfo.InvariantCulture) ?? (node.Flag() ? "true" : "false");
    }

    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonObject>() ?? [];

    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.Select(item => item.Text()).OfType<string>() ?? [];

    public static IEnumerable<KeyValuePair<string, string>> Map(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonObject)?.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Text() ?? "")) ?? [];
}
