using System.Buffers;
using System.Text.Json;
using Berth.Writing;

namespace Berth.Dispatcher.Watching;

/// <summary>The clashes of a target's ports with those of other targets, in the form that its watchers get.</summary>
/// <param name="target">The target, as <c>namespace/service</c>.</param>
/// <param name="clashes">The clashes; none when the last one has ended.</param>
internal sealed class ClashMoment(string target, IReadOnlyList<PortClash> clashes)
{
    private byte[]? _data;

    public IReadOnlyList<PortClash> Clashes => clashes;

    /// <summary>The JSON of the event, written once for all watchers.</summary>
    public ReadOnlyMemory<byte> Data => _data ??= Format();

    private byte[] Format()
    {
        ArrayBufferWriter<byte> buffer = new(64 + (clashes.Count * 256));
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("target"u8, target);
            json.WriteStartArray("portClashes"u8);
            foreach (PortClash clash in clashes)
                EndpointJson.Write(json, clash);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
