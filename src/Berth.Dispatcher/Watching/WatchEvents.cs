using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Berth.Dispatcher;

/// <summary>Writes the events of a watch as server-sent events (WHATWG HTML, 9.2): <c>snapshot</c> and <c>changes</c>, each with the id to resume from.</summary>
internal static class WatchEvents
{
    /// <summary>How long a client waits before it comes back, in milliseconds.</summary>
    public static ReadOnlySpan<byte> Opening => "retry: 2000\n\n"u8;

    /// <summary>A comment: it says that the stream lives.</summary>
    public static ReadOnlySpan<byte> Heartbeat => ":\n\n"u8;

    /// <summary>What stands before the JSON of a whole snapshot.</summary>
    public static byte[] BeginSnapshot(string epoch, EndpointSnapshot snapshot) =>
        Encoding.UTF8.GetBytes($"event: snapshot\nid: {EntityTag.IdOf(epoch, snapshot)}\ndata: ");

    /// <summary>What stands behind the JSON of any event.</summary>
    public static ReadOnlySpan<byte> End => "\n\n"u8;

    /// <summary>The event that leads from one snapshot to a later one. Without a changed pod it tells that the set is stale or live again.</summary>
    public static ReadOnlyMemory<byte> Changes(string epoch, EndpointSnapshot before, EndpointSnapshot after)
    {
        ArrayBufferWriter<byte> frame = new(1024);
        frame.Write(BeginChanges(epoch, after));
        using (Utf8JsonWriter json = new(frame, EndpointJson.WriterOptions))
        {
            WriteHead(json, after);
            foreach (PodChange change in Compare(before, after))
                Write(json, change);
            WriteTail(json, before, after);
        }

        frame.Write(End);
        return frame.WrittenMemory;
    }

    /// <summary>The same event for one client alone, at its pace: there may be many slow ones, each with another state before it.</summary>
    public static async ValueTask StreamChangesAsync(PipeWriter body, string epoch, EndpointSnapshot before, EndpointSnapshot after, CancellationToken closed)
    {
        body.Write(BeginChanges(epoch, after));
        using (PacedJson paced = new(body, closed))
        {
            WriteHead(paced.Json, after);
            foreach (PodChange change in Compare(before, after))
            {
                Write(paced.Json, change);
                if (!await paced.PaceAsync().ConfigureAwait(false))
                    return;
            }

            WriteTail(paced.Json, before, after);
            await paced.Json.FlushAsync(closed).ConfigureAwait(false);
        }

        body.Write(End);
    }

    private static byte[] BeginChanges(string epoch, EndpointSnapshot after) => Encoding.UTF8.GetBytes($"event: changes\nid: {EntityTag.IdOf(epoch, after)}\ndata: ");

    private static IReadOnlyList<PodChange> Compare(EndpointSnapshot before, EndpointSnapshot after) =>
        ReferenceEquals(before.Endpoints, after.Endpoints) ? [] : after.CompareWith(before);

    private static void WriteHead(Utf8JsonWriter json, EndpointSnapshot after)
    {
        json.WriteStartObject();
        SnapshotHead.Write(json, after, age: null);
        json.WriteStartArray("changes"u8);
    }

    private static void WriteTail(Utf8JsonWriter json, EndpointSnapshot before, EndpointSnapshot after)
    {
        json.WriteEndArray();
        WriteLeftOut(json, before, after);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PodChange change)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, EndpointWords.Of(change.Kind));
        json.WriteString("pod"u8, change.Name);
        json.WritePropertyName("endpoint"u8);
        if (change.After is { } after)
            EndpointJson.Write(json, after);
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }

    /// <summary>Those left out are few: where they changed, all of them are told.</summary>
    private static void WriteLeftOut(Utf8JsonWriter json, EndpointSnapshot before, EndpointSnapshot after)
    {
        if (before.Excluded.SequenceEqual(after.Excluded))
            return;
        json.WriteStartArray("leftOut"u8);
        foreach (ExcludedPod pod in after.Excluded)
            EndpointJson.Write(json, pod);
        json.WriteEndArray();
    }
}
