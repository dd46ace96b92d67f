using Berth.LocalCluster.Status;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Berth.LocalCluster.Manifests;

/// <summary>YAML and JSON texts to JSON objects. Plain YAML scalars get their types as kubectl's parser gives them (YAML 1.1's yes and no stay text).</summary>
internal static class ManifestReader
{
    public static JsonNode? ParseJson(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return JsonNode.Parse(utf8.Span);
        }
        catch (JsonException fault)
        {
            throw ApiException.BadRequest($"the request body is not JSON: {fault.Message}");
        }
    }

    /// <summary>The documents of a text, empty ones left out, a List opened.</summary>
    /// <exception cref="LocalClusterException">The text is not YAML, or a document is not an object.</exception>
    public static IReadOnlyList<JsonObject> ParseYaml(string text, string origin = "the manifest")
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException fault)
        {
            throw new LocalClusterException($"{origin} is not valid YAML at line {fault.Start.Line}: {fault.Message}", fault);
        }

        var objects = new List<JsonObject>();
        foreach (YamlDocument document in stream.Documents)
        {
            JsonNode? node = Convert(document.RootNode);
            if (node is null)
                continue;
            JsonObject body = node as JsonObject
                ?? throw new LocalClusterException($"{origin} has a document at line {document.RootNode.Start.Line} that is not a Kubernetes object.");
            objects.AddRange(body["items"] is JsonArray items && (string?)body["kind"] == "List" ? items.OfType<JsonObject>().Select(item => (JsonObject)item.DeepClone()) : [body]);
        }

        return objects;
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value ?? "", Convert(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(Convert)]),
        _ => Scalar((YamlScalarNode)node),
    };

    private static JsonNode? Scalar(YamlScalarNode scalar)
    {
        string value = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain || scalar.Tag == "tag:yaml.org,2002:str")
            return value;
        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
            return integer;
        if (value.Any(char.IsAsciiDigit) && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double real))
            return real;
        return value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ => value,
        };
    }
}
