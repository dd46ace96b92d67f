using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Berth.Dispatcher.Http;

/// <summary>Writes the answer to a plain request: the bytes that Kestrel would send. Safe for any number of threads.</summary>
internal sealed class PlainResponse(TimeProvider time)
{
    private const int MaxLength = 256;

    // The text of one second, so that the date is formatted once a second.
    private volatile DateText _date = new(DateTimeOffset.MinValue);

    /// <summary>Writes the whole answer, which is not sent yet.</summary>
    /// <param name="output">The connection.</param>
    /// <param name="body">The body.</param>
    /// <param name="host">The host name and port for the header <c>Berth-Host</c>, or null.</param>
    /// <param name="close">True when the connection ends after it.</param>
    public void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> body, string? host, bool close)
    {
        Span<byte> span = output.GetSpan(MaxLength + body.Length + (host?.Length ?? 0));
        int at = 0;
        Add(span, ref at, "HTTP/1.1 200 OK\r\nContent-Length: "u8);
        Utf8Formatter.TryFormat(body.Length, span[at..], out int digits);
        at += digits;
        if (close)
            Add(span, ref at, "\r\nConnection: close"u8);
        Add(span, ref at, "\r\nContent-Type: text/plain; charset=utf-8\r\nDate: "u8);
        Add(span, ref at, FindDate());
        Add(span, ref at, "\r\nCache-Control: no-store"u8);
        if (host is not null)
        {
            Add(span, ref at, "\r\nBerth-Host: "u8);
            at += Encoding.ASCII.GetBytes(host, span[at..]);
        }

        Add(span, ref at, "\r\n\r\n"u8);
        Add(span, ref at, body);
        output.Advance(at);
    }

    private static void Add(Span<byte> span, ref int at, ReadOnlySpan<byte> part)
    {
        part.CopyTo(span[at..]);
        at += part.Length;
    }

    private ReadOnlySpan<byte> FindDate()
    {
        DateTimeOffset now = time.GetUtcNow();
        DateText date = _date;
        if (now.UtcTicks / TimeSpan.TicksPerSecond != date.Second)
            _date = date = new DateText(now);
        return date.Bytes;
    }

    /// <summary>A second, and its text for the header Date (RFC 9110, 5.6.7).</summary>
    private sealed class DateText
    {
        private readonly byte[] _bytes = new byte[29];

        public DateText(DateTimeOffset time)
        {
            Second = time.UtcTicks / TimeSpan.TicksPerSecond;
            Utf8Formatter.TryFormat(time, _bytes, out _, 'R');
        }

        public long Second { get; }

        public ReadOnlySpan<byte> Bytes => _bytes;
    }
}
