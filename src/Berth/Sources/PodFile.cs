using System.Text.Json;

namespace Berth.Sources;

/// <summary>The content of a file of pods: <c>{"k8s-example2/service-b": {"service-b-0": "10.88.0.10"}}</c>.</summary>
internal static class PodFile
{
    private static readonly JsonDocumentOptions s_lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Reads the pods of a target.</summary>
    /// <exception cref="EndpointSourceException">The file is not of this form, or does not have the target.</exception>
    public static EndpointSnapshot Parse(string path, ReadOnlyMemory<byte> content, ServiceTarget target, PortScheme ports)
    {
        // Editors on some systems write a byte order mark.
        if (content.Span.StartsWith("\uFEFF"u8))
            content = content[3..];
        try
        {
            using JsonDocument document = JsonDocument.Parse(content, s_lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Wrong(path, "it is not a JSON object of targets");
            if (!document.RootElement.TryGetProperty(target.ToString(), out JsonElement pods))
                throw Wrong(path, $"it does not have \"{target}\". An object without pods would mean that there are none");
            if (pods.ValueKind != JsonValueKind.Object)
                throw Wrong(path, $"\"{target}\" is not a JSON object of pods");
            return EndpointSnapshot.Create(target, ports, pods.EnumerateObject().Select(pod => Read(path, target, ports, pod)));
        }
        catch (JsonException exception)
        {
            throw new EndpointSourceException($"The file '{path}' of pods is not JSON: {exception.Message}", exception);
        }
    }

    private static PodEndpoint Read(string path, ServiceTarget target, PortScheme ports, JsonProperty pod)
    {
        string? text = pod.Value.ValueKind == JsonValueKind.String ? pod.Value.GetString() : pod.Value.GetRawText();
        return PodText.TryParse(target, ports, pod.Name, text, out PodEndpoint? endpoint, out string? fault)
            ? endpoint
            : throw Wrong(path, $"the pod {pod.Name} of {target} cannot be used: {fault}");
    }

    private static EndpointSourceException Wrong(string path, string fault) => new($"The file '{path}' of pods cannot be used: {fault}.");
}
