namespace Berth.Manifests;

/// <summary>A text that cannot be read as manifests. The message is a sentence with the origin and the line.</summary>
internal sealed class ManifestException(string origin, long line, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The file, or another name for the origin of the text.</summary>
    public string Origin => origin;

    public long Line => line;
}
