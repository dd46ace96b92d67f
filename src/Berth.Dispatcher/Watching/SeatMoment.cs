using System.Buffers;
using System.Text.Json;
using Berth.Dispatcher.Json;
using Berth.Writing;

namespace Berth.Dispatcher.Watching;

/// <summary>The seats of a target at one moment, as watchers see them.</summary>
/// <param name="target">The target, as <c>namespace/service</c>.</param>
/// <param name="number">The number of the moment, from 1 on.</param>
/// <param name="pods">The seats of all pods.</param>
/// <param name="changes">The pods whose seats differ from those of the moment before.</param>
internal sealed class SeatMoment(string target, long number, IReadOnlyList<PodSeats> pods, IReadOnlyList<PodSeats> changes)
{
    private byte[]? _whole;
    private byte[]? _changes;

    public long Number => number;

    /// <summary>
    /// Returns the JSON of the event for a watcher: the changes for a watcher that has the previous moment, else all pods. Each is written
    /// once for all watchers.
    /// </summary>
    /// <param name="seen">The number of the moment that the watcher has, or 0.</param>
    public ReadOnlyMemory<byte> DataSince(long seen) =>
        seen > 0 && seen + 1 == number ? _changes ??= Format(changes) : _whole ??= Format(pods);

    private byte[] Format(IReadOnlyList<PodSeats> listed)
    {
        ArrayBufferWriter<byte> buffer = new(64 + (listed.Count * 96));
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("target"u8, target);
            json.WriteStartArray("pods"u8);
            foreach (PodSeats seats in listed)
                seats.Write(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
