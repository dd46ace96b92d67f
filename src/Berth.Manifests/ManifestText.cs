using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Manifests;

/// <summary>Reads texts of manifests, YAML or JSON, as kubectl does.</summary>
internal static class ManifestText
{
    /// <summary>Reads the objects of a text. Empty documents are left out, and a list gives its items.</summary>
    /// <param name="text">The text.</param>
    /// <param name="origin">The file, or another name for the origin of the text.</param>
    /// <param name="lines">Gets the line of every value, or null when nothing asks for them.</param>
    /// <exception cref="ManifestException">The text is neither YAML nor JSON, or a document is not an object.</exception>
    public static IReadOnlyList<ManifestObject> Read(string text, string origin, SourceLines? lines = null)
    {
        List<ManifestObject> objects = new();
        foreach ((JsonNode? body, long line) in ReadDocuments(text, origin, lines))
        {
            if (body is not null)
                AddObjects(objects, body, origin, line, lines);
        }

        return objects;
    }

    private static IReadOnlyList<(JsonNode? Body, long Line)> ReadDocuments(string text, string origin, SourceLines? lines)
    {
        try
        {
            return text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n').StartsWith('{')
                && JsonDocuments.TryRead(text.TrimStart('\uFEFF'), lines) is { } documents
                ? documents
                : YamlReader.Read(text, lines);
        }
        catch (YamlFault exception)
        {
            (long Line, string Text)? template = FindTemplate(text, exception.Line);
            string sentence = template is { } found
                ? $"{origin}, line {found.Line}: {found.Text} is a template that was not rendered. Render the chart first (helm "
                    + "template), and give what that prints."
                : exception.InnerException is YamlDotNet.Core.YamlException
                    ? $"{origin} is not valid YAML at line {exception.Line}: {exception.Message.TrimEnd('.')}."
                    : $"{origin}, line {exception.Line}: {exception.Message}.";
            throw new ManifestException(origin, template?.Line ?? exception.Line, sentence, exception);
        }
    }

    /// <summary>A chart's template is not YAML, and the parser often fails some lines after the cause.</summary>
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

    private static void AddObjects(List<ManifestObject> objects, JsonNode? node, string origin, long line, SourceLines? lines)
    {
        int own = lines?.Of(node) ?? 0;
        if (own > 0)
            line = own;
        JsonObject body = node as JsonObject ?? throw new ManifestException(
            origin, line,
            $"{origin}, line {line}: a document or an item of a list is not a Kubernetes object. Write one with apiVersion, kind and " +
            "metadata.");
        foreach (string field in (string[])["apiVersion", "kind"])
        {
            if (body[field] is { } value && value.GetValueKind() != JsonValueKind.String)
            {
                throw new ManifestException(
                    origin, line,
                    $"{origin}, line {line}: {field} is {value.ToJsonString()}, which is no text. Put it in quotes if it is meant as one.");
            }
        }

        string? kind = (string?)body["kind"];
        if (body["items"] is not JsonArray items || kind?.EndsWith("List", StringComparison.Ordinal) != true)
        {
            objects.Add(new ManifestObject(body, origin, line));
            return;
        }

        JsonNode?[] all = [.. items];
        int[] itemLines = [.. all.Select(item => lines?.Of(item) ?? 0)];
        items.Clear();
        for (int i = 0; i < all.Length; i++)
        {
            // As kubectl: a list of one kind says it for its items.
            if (all[i] is JsonObject one && one["kind"] is null && one["apiVersion"] is null && kind != "List")
            {
                one["apiVersion"] = (string?)body["apiVersion"];
                one["kind"] = kind[..^"List".Length];
            }

            AddObjects(objects, all[i], origin, itemLines[i] > 0 ? itemLines[i] : line, lines);
        }
    }
}
