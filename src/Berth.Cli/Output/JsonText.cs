using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Berth.Cli.Output;

/// <summary>Writes JSON as text, without reflection.</summary>
internal static class JsonText
{
    /// <summary>Runs a writer and returns its text.</summary>
    /// <param name="write">Writes one JSON value.</param>
    /// <param name="indented">True for people; false for one object per line.</param>
    public static string Write(Action<Utf8JsonWriter> write, bool indented = true)
    {
        ArrayBufferWriter<byte> buffer = new();

        // The text goes to a terminal or a file, never into HTML, so names stay readable.
        JsonWriterOptions options = new() { Indented = indented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter writer = new(buffer, options))
            write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
