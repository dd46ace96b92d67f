using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Json;
using Berth.Dispatcher.State;
using Berth.Snapshots;
using Berth.Writing;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// Writes the events of a watch as server-sent events (WHATWG HTML, 9.2): <c>snapshot</c> and <c>changes</c>, each followed by a
/// <c>mark</c> with the id to resume from.
/// </summary>
/// <remarks>
/// The id is the last line of every event. Some parsers (.NET's <c>SseParser</c>) store an id when they read its line, one byte before the
/// event ends. A client that is cut there has the id of an event that it never received. So the id of a <c>snapshot</c> or <c>changes</c>
/// event only says that the event was sent: a client that resumes with it gets the whole snapshot. The id of the <c>mark</c> proves that
/// the event before it was received.
/// </remarks>
internal static class WatchEvents
{
    /// <summary>The end of an id that proves nothing. No snapshot has such an id.</summary>
    internal const string SentSuffix = "-sent";

    // About 20 KB.
    private const int MaxFew = 64;

    /// <summary>The start of a stream: the time that a client waits before it reconnects, in milliseconds.</summary>
    public static ReadOnlySpan<byte> Opening => "retry: 2000\n\n"u8;

    /// <summary>A comment, which shows that the connection works.</summary>
    public static ReadOnlySpan<byte> Heartbeat => ":\n\n"u8;

    /// <summary>The bytes before the JSON of a whole snapshot.</summary>
    public static ReadOnlySpan<byte> BeginSnapshot => "event: snapshot\ndata: "u8;

    /// <summary>The bytes before the JSON of seats. The event has no id: it does not change what a client resumes from.</summary>
    public static ReadOnlySpan<byte> BeginSeats => "event: seats\ndata: "u8;

    /// <summary>The bytes before the JSON of clashes with other targets. The event has no id either.</summary>
    public static ReadOnlySpan<byte> BeginClashes => "event: clashes\ndata: "u8;

    /// <summary>The bytes after the JSON of seats or clashes.</summary>
    public static ReadOnlySpan<byte> EndData => "\n\n"u8;

    private static ReadOnlySpan<byte> BeginChanges => "event: changes\ndata: "u8;

    /// <summary>The bytes after the JSON of an event: its id, and the mark.</summary>
    public static byte[] End(string epoch, EndpointSnapshot snapshot)
    {
        string id = EntityTag.IdOf(epoch, snapshot);
        return Encoding.UTF8.GetBytes($"\nid: {id}{SentSuffix}\n\nevent: mark\ndata: {{\"version\":{snapshot.Version}}}\nid: {id}\n\n");
    }

    /// <summary>
    /// Returns the event about the source of a state: how long ago the API confirmed it, and the dispatchers that it came through, this one
    /// first. It has no id.
    /// </summary>
    public static ReadOnlySpan<byte> Source(DispatcherState state, EndpointView view, EndpointSnapshot? snapshot)
    {
        ArrayBufferWriter<byte> frame = new(256);
        frame.Write("event: source\ndata: "u8);
        using (Utf8JsonWriter json = new(frame, EndpointJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("state"u8, snapshot is null ? null : EntityTag.IdOf(state.Epoch, snapshot));
            if (snapshot is not null && view.Age is { } age)
                json.WriteNumber("ageSeconds"u8, Math.Round(age.TotalSeconds, 3));
            else
                json.WriteNull("ageSeconds"u8);
            json.WriteStartArray("dispatchers"u8);
            foreach (string dispatcher in state.FindDispatchers(view.Target))
                json.WriteStringValue(dispatcher);
            json.WriteEndArray();
            json.WriteString("reason"u8, snapshot is null ? view.Failure?.Message : null);
            ClusterJson.WriteMember(json, snapshot?.Clusters ?? [], hasAge: true);
            json.WriteEndObject();
        }

        frame.Write("\n\n"u8);
        return frame.WrittenSpan;
    }

    /// <summary>
    /// Returns the event that leads from one snapshot to a later one. Without a changed pod it reports that the set is stale or live again.
    /// </summary>
    public static ReadOnlyMemory<byte> Changes(string epoch, EndpointSnapshot before, EndpointSnapshot after) =>
        Changes(epoch, before, after, Compare(before, after));

    /// <summary>Returns the same event if few pods changed, otherwise no bytes.</summary>
    public static ReadOnlyMemory<byte> FewChanges(string epoch, EndpointSnapshot before, EndpointSnapshot after)
    {
        IReadOnlyList<PodChange> changes = Compare(before, after);
        return changes.Count > MaxFew ? default : Changes(epoch, before, after, changes);
    }

    private static ReadOnlyMemory<byte> Changes(
        string epoch, EndpointSnapshot before, EndpointSnapshot after, IReadOnlyList<PodChange> changes)
    {
        ArrayBufferWriter<byte> frame = new(1024);
        frame.Write(BeginChanges);
        using (Utf8JsonWriter json = new(frame, EndpointJson.WriterOptions))
        {
            WriteHead(json, after);
            foreach (PodChange change in changes)
                Write(json, change);
            foreach (LeftOutPod pod in BeginLeftOut(json, before, after))
                EndpointJson.Write(json, pod);
            WriteTail(json, before, after);
        }

        frame.Write(End(epoch, after));
        return frame.WrittenMemory;
    }

    /// <summary>
    /// Streams the same event to one client, at its pace. There may be many slow clients, each with a different previous state.
    /// </summary>
    public static async ValueTask StreamChangesAsync(
        PipeWriter body, string epoch, EndpointSnapshot before, EndpointSnapshot after, bool inLines,
        CancellationToken closed)
    {
        body.Write(inLines ? JsonLines.BeginChanges : BeginChanges);
        using (PacedJson paced = new(body, closed))
        {
            WriteHead(paced.Json, after);
            foreach (PodChange change in Compare(before, after))
            {
                Write(paced.Json, change);
                if (!await paced.PaceAsync().ConfigureAwait(false))
                    return;
            }

            foreach (LeftOutPod pod in BeginLeftOut(paced.Json, before, after))
            {
                EndpointJson.Write(paced.Json, pod);
                if (!await paced.PaceAsync().ConfigureAwait(false))
                    return;
            }

            WriteTail(paced.Json, before, after);
            await paced.Json.FlushAsync(closed).ConfigureAwait(false);
        }

        body.Write(inLines ? JsonLines.End(epoch, after) : End(epoch, after));
    }

    private static IReadOnlyList<PodChange> Compare(EndpointSnapshot before, EndpointSnapshot after) =>
        ReferenceEquals(before.Endpoints, after.Endpoints) ? [] : after.CompareWith(before);

    private static void WriteHead(Utf8JsonWriter json, EndpointSnapshot after)
    {
        json.WriteStartObject();
        SnapshotHead.Write(json, after, age: null);
        json.WriteStartArray("changes"u8);
    }

    /// <summary>Ends the list of changes. If the pods left out changed, starts their list and returns all of them.</summary>
    private static IReadOnlyList<LeftOutPod> BeginLeftOut(Utf8JsonWriter json, EndpointSnapshot before, EndpointSnapshot after)
    {
        json.WriteEndArray();
        if (before.LeftOut.SequenceEqual(after.LeftOut))
            return [];
        json.WriteStartArray("leftOut"u8);
        return after.LeftOut;
    }

    private static void WriteTail(Utf8JsonWriter json, EndpointSnapshot before, EndpointSnapshot after)
    {
        // The list of pods left out is open only if it was started.
        if (json.CurrentDepth > 1)
            json.WriteEndArray();
        if (!before.Warnings.SequenceEqual(after.Warnings))
            EndpointJson.Write(json, after.Warnings);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PodChange change)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, EndpointWords.Of(change.Kind));
        json.WriteString("pod"u8, change.Name);
        EndpointJson.WriteCluster(json, (change.After ?? change.Before)!.Cluster);
        json.WritePropertyName("endpoint"u8);
        if (change.After is { } after)
            EndpointJson.Write(json, after);
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }
}
