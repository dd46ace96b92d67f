using System.Globalization;
using System.Text;
using Berth.Kubernetes.InProcess;

namespace Berth.Kubernetes.Model;

/// <summary>One open watch, on the server's side.</summary>
internal sealed class OpenWatch(ServedKind kind, Habits habits, Random random, long from, bool isProtobuf)
{
    private long _sent = from;

    /// <summary>The watched kind.</summary>
    public ServedKind Kind { get; } = kind;

    /// <summary>The version from which the client asked to watch.</summary>
    public long From { get; } = from;

    public PushBody Body { get; } = new();

    /// <summary>True while the watch sends nothing although there are events.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Starts a streaming list.</summary>
    public void SendAll(long version, bool ended)
    {
        foreach (string one in Kind.At(version))
            Push(Line("ADDED", one));
        IsSilent = !ended;
        if (ended)
            Push(Line("BOOKMARK", Json.Bookmark(Text(version), initialEventsEnd: true)));
    }

    /// <summary>Sends the events up to a version.</summary>
    public void Send(long upTo)
    {
        if (IsSilent || Body.IsOver)
            return;
        StringBuilder together = new();
        foreach (ServedChange change in Kind.Between(_sent, upTo).ToArray())
        {
            _sent = change.Version;
            string lines = LinesOf(change);
            if (habits.Cutting == 3)
                together.Append(lines);
            else
                Push(lines);
        }

        Push(together.ToString());
    }

    public void Bookmark(long version)
    {
        if (!IsSilent && version >= _sent && habits.SendsBookmarks)
        {
            Send(version);
            Push(Line("BOOKMARK", Json.Bookmark(Text(version))));
        }
    }

    public void Raw(string text) => Body.Push(Bytes(text));

    /// <summary>The answer with this body.</summary>
    public HttpResponseMessage Answer() => Body.Answer(contentType: isProtobuf ? ProtobufWire.WatchContentType : "application/json");

    public void Error(int code, string reason) => Raw(Line("ERROR", Json.Status(code, reason, "as the history wants it")));

    /// <summary>Ends the watch, cleanly or not, inside the next event or between two events.</summary>
    public void Cut(long upTo, bool broken)
    {
        ServedChange? next = Kind.Between(_sent, upTo).Select(static c => (ServedChange?)c).FirstOrDefault();
        string lines = next is null ? Line("BOOKMARK", Json.Bookmark(Text(_sent))) : LinesOf(next.Value);
        byte[] line = Bytes(lines[..(lines.IndexOf('\n', StringComparison.Ordinal) + 1)]);
        // The cut is never at the end of the event, because then a whole event would have been sent.
        int end = line.Length - 1;
        Body.Push(line.AsMemory(0, end < 1 ? 0 : random.Next(0, end)));
        if (broken)
            Body.Break();
        else
            Body.End();
    }

    private string LinesOf(ServedChange change)
    {
        if (change.Type is null)
            return "";
        string line = Line(change.Type, change.Object);
        if (!habits.IsNoisy)
            return line;
        return random.Next(6) switch
        {
            0 => line + line,
            1 => Line("REHEARSAL", "{\"kind\":\"Something\"}") + line,
            2 => Line("DELETED", Kind.Stranger(change.Version - 1)) + line,
            3 => line + "\r\n\n",
            _ => line,
        };
    }

    private void Push(string text)
    {
        if (text.Length > 0 && !Body.IsOver)
            Kind.Spoke();
        byte[] bytes = Bytes(text);
        int at = 0;
        while (at < bytes.Length)
        {
            int piece = habits.Cutting switch
            {
                1 => random.Next(1, 400),
                2 => 1,
                _ => bytes.Length,
            };
            piece = Math.Min(piece, bytes.Length - at);
            Body.Push(bytes.AsMemory(at, piece));
            at += piece;
        }
    }

    private byte[] Bytes(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return isProtobuf ? ProtobufWire.Events(bytes) ?? bytes : bytes;
    }

    private static string Line(string type, string json) => $$"""{"type":"{{type}}","object":{{json}}}""" + "\n";

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);
}
