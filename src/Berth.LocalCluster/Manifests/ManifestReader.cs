using Berth.LocalCluster.Json;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Manifests;

/// <summary>Reads texts of YAML and JSON as kubectl does, and returns JSON objects.</summary>
internal static class ManifestReader
{
    /// <summary>Reads JSON. If a field appears twice, the last value counts, as for a real server.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="twice">The paths of such fields.</param>
    public static JsonNode? ParseJson(ReadOnlyMemory<byte> utf8, out IReadOnlyList<string> twice)
    {
        try
        {
            return BodyReader.Parse(utf8.Span, out twice);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw ApiException.BadRequest($"the request body is not JSON: {exception.Message}");
        }
    }

    /// <summary>Returns the documents of a text, without empty ones. Lists are replaced by their items.</summary>
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
