using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Berth.Dispatcher.Http;

namespace Berth.Dispatcher.Watching;

/// <summary>
/// The events of a watch as JSON Lines (jsonlines.org): one object a line, <c>{"event", "data", "id"}</c>. A line is received whole or not
/// at all, so its id may be resumed from, and no mark follows.
/// </summary>
internal static class JsonLines
{
    private static readonly byte[] s_mark = Encoding.UTF8.GetBytes("mark");

    private static ReadOnlySpan<byte> Heartbeat => "{\"event\":\"heartbeat\"}\n"u8;

    /// <summary>The bytes before the data of a whole snapshot.</summary>
    public static ReadOnlySpan<byte> BeginSnapshot => "{\"event\":\"snapshot\",\"data\":"u8;

    /// <summary>The bytes before the data of changes.</summary>
    public static ReadOnlySpan<byte> BeginChanges => "{\"event\":\"changes\",\"data\":"u8;

    /// <summary>The bytes before the data of seats.</summary>
    public static ReadOnlySpan<byte> BeginSeats => "{\"event\":\"seats\",\"data\":"u8;

    /// <summary>The bytes before the data of clashes with other targets.</summary>
    public static ReadOnlySpan<byte> BeginClashes => "{\"event\":\"clashes\",\"data\":"u8;

    /// <summary>The bytes after the data of seats or clashes.</summary>
    public static ReadOnlySpan<byte> EndData => "}\n"u8;

    /// <summary>Writes the part before the data of a server-sent event, and returns the data.</summary>
    public static ReadOnlyMemory<byte> Begin(PipeWriter body, ReadOnlyMemory<byte> single)
    {
        ReadOnlySpan<byte> span = single.Span;
        body.Write(span.StartsWith("event: snapshot\n"u8) ? BeginSnapshot : BeginChanges);
        int start = span.IndexOf("data: "u8) + "data: ".Length;
        return single.Slice(start, span[start..].IndexOf((byte)'\n'));
    }

    /// <summary>The bytes after the data.</summary>
    public static byte[] End(string epoch, EndpointSnapshot snapshot) =>
        Encoding.UTF8.GetBytes($",\"id\":\"{EntityTag.IdOf(epoch, snapshot)}\"}}\n");

    /// <summary>Writes server-sent events as lines. The data of each event is one line, as all of ours are.</summary>
    public static void Write(PipeWriter body, ReadOnlySpan<byte> events)
    {
        if (events.SequenceEqual(WatchEvents.Heartbeat))
        {
            body.Write(Heartbeat);
            return;
        }

        ReadOnlySpan<byte> kind = default;
        bool isOpen = false;
        foreach (Range range in events.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = events[range];
            if (line.StartsWith("event: "u8))
                kind = line[7..];
            else if (line.StartsWith("data: "u8) && !kind.SequenceEqual(s_mark))
                isOpen = WriteStart(body, kind, line[6..]);
            else if (line.StartsWith("id: "u8) && kind.SequenceEqual(s_mark) && isOpen)
                isOpen = WriteEnd(body, line[4..]);
        }

        // Only a source event has no id.
        if (isOpen)
            body.Write("}\n"u8);
    }

    private static bool WriteStart(PipeWriter body, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> data)
    {
        body.Write("{\"event\":\""u8);
        body.Write(kind);
        body.Write("\",\"data\":"u8);
        body.Write(data);
        return true;
    }

    private static bool WriteEnd(PipeWriter body, ReadOnlySpan<byte> id)
    {
        body.Write(",\"id\":\""u8);
        body.Write(id);
        body.Write("\"}\n"u8);
        return false;
    }
}
