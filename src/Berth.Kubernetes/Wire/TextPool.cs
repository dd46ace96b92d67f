using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>Returns one string for equal texts. A lookup creates no second string. Not safe for several threads.</summary>
internal sealed class TextPool
{
    private readonly Utf8Pool<string> _texts = new(static text => text, static text => text);

    /// <summary>Returns the string of a text.</summary>
    /// <exception cref="ResourceFormatException">It is not valid UTF-8.</exception>
    public string Get(ReadOnlySpan<byte> utf8, string field) => _texts.Get(utf8, field);

    /// <summary>Returns the string at the reader's position.</summary>
    /// <exception cref="ResourceFormatException">It is not valid UTF-8.</exception>
    public string Read(ref Utf8JsonReader reader, string field) =>
        reader.HasValueSequence || reader.ValueIsEscaped ? JsonFields.Text(ref reader, field) : Get(reader.ValueSpan, field);
}
