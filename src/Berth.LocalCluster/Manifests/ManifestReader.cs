using Berth.LocalCluster.Json;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Manifests;

/// <summary>YAML and JSON texts to JSON objects, as kubectl reads them.</summary>
internal static class ManifestReader
{
    public static JsonNode? ParseJson(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8.Span);
        }
        catch (JsonException exception)
        {
            throw ApiException.BadRequest($"the request body is not JSON: {exception.Message}");
        }
    }

    /// <summary>The documents of a text, empty ones left out, lists opened.</summary>
    /// <exception cref="LocalClusterException">The text is neither YAML nor JSON, or a document is not an object.</exception>
    public static IReadOnlyList<JsonObject> ParseYaml(string text, string origin = "the manifest")
    {
        List<JsonObject> objects = new();
        foreach ((JsonNode? body, long line) in ReadDocuments(text, origin))
        {
            if (body is not null)
                AddObjects(objects, body, $"{origin}, line {line}");
        }

        return objects;
    }

    private static IReadOnlyList<(JsonNode? Body, long Line)> ReadDocuments(string text, string origin)
    {
        try
        {
            return text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n').StartsWith('{')
                && JsonDocuments.TryRead(text.TrimStart('\uFEFF')) is { } documents
                ? documents
                : YamlReader.Read(text);
        }
        catch (YamlFault exception)
        {
            string sentence = FindTemplate(text, exception.Line) is { } template
                ? $"{origin}, line {template.Line}: {template.Text} is a template that was not rendered. Render the chart first (helm "
                    + "template), and give what that prints."
                : exception.InnerException is YamlDotNet.Core.YamlException
                    ? $"{origin} is not valid YAML at line {exception.Line}: {exception.Message.TrimEnd('.')}."
                    : $"{origin}, line {exception.Line}: {exception.Message}.";
            throw new LocalClusterException(sentence, exception);
        }
    }

    /// <summary>A chart's template is no YAML, and where it fails is often a line or more behind what makes it fail.</summary>
    private static (long Line, string Text)? FindTemplate(string text, long faultLine)
    {
        long line = 0;
        foreach (ReadOnlySpan<char> each in text.AsSpan().EnumerateLines())
        {
            line++;
            int start = each.IndexOf("{{");
            if (start < 0 || line > faultLine + 1)
                continue;
            int end = each[start..].IndexOf("}}");
            return (line, each[start..(end < 0 ? each.Length : start + end + 2)].ToString());
        }

        return null;
    }

    private static void AddObjects(List<JsonObject> objects, JsonNode? node, string where)
    {
        JsonObject body = node as JsonObject ?? throw new LocalClusterException(
            $"{where}: a document or an item of a list is not a Kubernetes object. Write one with apiVersion, kind and metadata.");
        foreach (string field in (string[])["apiVersion", "kind"])
        {
            if (body[field] is { } value && value.GetValueKind() != JsonValueKind.String)
                throw new LocalClusterException(
                    $"{where}: {field} is {value.ToJsonString()}, which is no text. Put it in quotes if it is meant as one.");
        }

        if (body["items"] is not JsonArray items || body.Text("kind")?.EndsWith("List", StringComparison.Ordinal) != true)
        {
            objects.Add(body);
            return;
        }

        JsonNode?[] all = [.. items];
        items.Clear();
        foreach (JsonNode? item in all)
        {
            // As kubectl: a list of one kind says it for its items.
            if (item is JsonObject one && one["kind"] is null && one["apiVersion"] is null && body.Text("kind") != "List")
            {
                one["apiVersion"] = body.Text("apiVersion");
                one["kind"] = body.Text("kind")![..^"List".Length];
            }

            AddObjects(objects, item, where);
        }
    }
}
