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
        try
        {
            return [.. ManifestText.Read(text, origin).Select(static each => each.Body)];
        }
        catch (ManifestException exception)
        {
            throw new LocalClusterException(exception.Message, exception);
        }
    }
}
