using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Berth.Writing;

namespace Berth.Dispatcher.Json;

/// <summary>
/// The JSON of a target's complete snapshot. For a small set, everything except the head is written once per snapshot and kept. A large set
/// is streamed, so that a request keeps no memory.
/// </summary>
internal sealed class EndpointsPage
{
    /// <summary>The number of pods up to which the JSON is kept: about 100 KB.</summary>
    internal const int MaxKept = 256;

    private volatile Tail? _tail;

    /// <summary>The whole page of a small set, or null for a large one.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="age">Its age, or null when the page is kept for longer.</param>
    /// <param name="clashes">The port clashes of its pods.</param>
    /// <param name="seats">The seats of its pods, or null where it has none.</param>
    public ReadOnlyMemory<byte>? TryFormat(
        EndpointSnapshot snapshot, TimeSpan? age, IReadOnlyList<PortClash> clashes, IReadOnlyList<PodSeats>? seats = null)
    {
        if (snapshot.Endpoints.Count + snapshot.LeftOut.Count > MaxKept)
            return null;
        byte[] tail = TailOf(snapshot, clashes);
        ArrayBufferWriter<byte> page = new(tail.Length + 512);
        using (Utf8JsonWriter json = new(page, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            SnapshotHead.Write(json, snapshot, age);
            json.Flush();
        }

        page.Write(","u8);
        page.Write(tail.AsSpan(1, tail.Length - 2));
        if (seats is not null)
            WriteSeats(page, seats);
        page.Write("}"u8);
        return page.WrittenMemory;
    }

    /// <summary>Streams the page of a large set, at the client's pace, until the client no longer receives.</summary>
    public static async ValueTask StreamAsync(
        PipeWriter body, EndpointSnapshot snapshot, TimeSpan? age, IReadOnlyList<PortClash> clashes, CancellationToken aborted,
        IReadOnlyList<PodSeats>? seats = null)
    {
        using PacedJson paced = new(body, aborted);
        Utf8JsonWriter json = paced.Json;
        json.WriteStartObject();
        SnapshotHead.Write(json, snapshot, age);
        json.WriteStartArray("endpoints"u8);
        foreach (PodEndpoint endpoint in snapshot.Endpoints)
        {
            EndpointJson.Write(json, endpoint);
            if (!await paced.PaceAsync().ConfigureAwait(false))
                return;
        }

        json.WriteEndArray();
        json.WriteStartArray("leftOut"u8);
        foreach (LeftOutPod pod in snapshot.LeftOut)
        {
            EndpointJson.Write(json, pod);
            if (!await paced.PaceAsync().ConfigureAwait(false))
                return;
        }

        json.WriteEndArray();
        WriteTail(json, snapshot, clashes);
        if (seats is not null)
        {
            json.WriteStartArray("seats"u8);
            foreach (PodSeats pod in seats)
            {
                pod.Write(json);
                if (!await paced.PaceAsync().ConfigureAwait(false))
                    return;
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        await paced.FlushAsync().ConfigureAwait(false);
    }

    private static void WriteSeats(ArrayBufferWriter<byte> page, IReadOnlyList<PodSeats> seats)
    {
        page.Write(",\"seats\":"u8);
        using Utf8JsonWriter json = new(page, EndpointJson.WriterOptions);
        json.WriteStartArray();
        foreach (PodSeats pod in seats)
            pod.Write(json);
        json.WriteEndArray();
    }

    private byte[] TailOf(EndpointSnapshot snapshot, IReadOnlyList<PortClash> clashes)
    {
        // A snapshot that turns stale or live again shares its lists, so its tail stays too.
        if (_tail is { } kept && ReferenceEquals(kept.Endpoints, snapshot.Endpoints) && ReferenceEquals(kept.Clashes, clashes))
            return kept.Bytes;
        ArrayBufferWriter<byte> buffer = new(4096);
        using (Utf8JsonWriter json = new(buffer, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            WriteLists(json, snapshot, clashes);
            json.WriteEndObject();
        }

        byte[] bytes = buffer.WrittenSpan.ToArray();
        _tail = new Tail(snapshot.Endpoints, clashes, bytes);
        return bytes;
    }

    private static void WriteLists(Utf8JsonWriter json, EndpointSnapshot snapshot, IReadOnlyList<PortClash> clashes)
    {
        json.WriteStartArray("endpoints"u8);
        foreach (PodEndpoint endpoint in snapshot.Endpoints)
            EndpointJson.Write(json, endpoint);
        json.WriteEndArray();
        json.WriteStartArray("leftOut"u8);
        foreach (LeftOutPod pod in snapshot.LeftOut)
            EndpointJson.Write(json, pod);
        json.WriteEndArray();
        WriteTail(json, snapshot, clashes);
    }

    private static void WriteTail(Utf8JsonWriter json, EndpointSnapshot snapshot, IReadOnlyList<PortClash> clashes)
    {
        EndpointJson.Write(json, snapshot.Warnings);
        json.WriteStartArray("portClashes"u8);
        foreach (PortClash clash in clashes)
            EndpointJson.Write(json, clash);
        json.WriteEndArray();
    }

    private sealed record Tail(EndpointList Endpoints, IReadOnlyList<PortClash> Clashes, byte[] Bytes);
}
