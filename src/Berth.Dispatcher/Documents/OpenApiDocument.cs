namespace Berth.Dispatcher.Documents;

/// <summary>The description of the HTTP API for programs (OpenAPI 3.1). Tests compare it with live answers.</summary>
internal static class OpenApiDocument
{
    private static readonly Lazy<byte[]> s_bytes = new(Read);

    /// <summary>The document. Read at the first request.</summary>
    public static ReadOnlyMemory<byte> Bytes => s_bytes.Value;

    /// <summary>The entity tag of the document.</summary>
    public static string Tag { get; } = $"W/\"{typeof(OpenApiDocument).Assembly.GetName().Version}\"";

    private static byte[] Read()
    {
        using Stream stream = typeof(OpenApiDocument).Assembly.GetManifestResourceStream("openapi.json")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
