using System.Buffers;
using System.Text;

namespace Berth.Dispatcher.Http;

/// <summary>
/// The strict simple form of <c>GET /</c> over HTTP/1.1 (RFC 9112): one whole request, the headers that the usual clients send, each at
/// most once, in plain ASCII. Everything else is no plain request, and Kestrel reads it.
/// </summary>
internal static class PlainRequest
{
    /// <summary>The longest plain request in bytes. Well inside what Kestrel accepts.</summary>
    public const int MaxLength = 2048;

    private static readonly SearchValues<byte> s_host =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"u8);

    private static ReadOnlySpan<byte> Line => "GET / HTTP/1.1\r\n"u8;

    [Flags]
    private enum Seen
    {
        None = 0,
        Host = 1,
        UserAgent = 2,
        Accept = 4,
        AcceptEncoding = 8,
        AcceptLanguage = 16,
        Connection = 32,
    }

    /// <summary>Tells whether bytes are just one plain request.</summary>
    /// <param name="bytes">All bytes that have arrived.</param>
    /// <param name="close">True when the client asks for the end of the connection after the answer.</param>
    public static bool Is(ReadOnlySpan<byte> bytes, out bool close)
    {
        close = false;
        if (bytes.Length > MaxLength || !bytes.StartsWith(Line) || !bytes.EndsWith("\r\n\r\n"u8))
            return false;
        bytes = bytes[Line.Length..];
        Seen seen = Seen.None;
        while (true)
        {
            int end = bytes.IndexOf((byte)'\r');
            if (end < 0 || end + 1 == bytes.Length || bytes[end + 1] != '\n')
                return false;
            if (end == 0)
                // A second request after the first one is not the plain form.
                return bytes.Length == 2 && (seen & Seen.Host) != Seen.None;
            if (!TryRead(bytes[..end], ref seen, ref close))
                return false;
            bytes = bytes[(end + 2)..];
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> line, ref Seen seen, ref bool close)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0 || colon + 2 >= line.Length || line[colon + 1] != ' ')
            return false;
        ReadOnlySpan<byte> value = line[(colon + 2)..];
        // Printable ASCII, without white space at the ends.
        if (value.ContainsAnyExceptInRange((byte)' ', (byte)'~') || value[0] == ' ' || value[^1] == ' ')
            return false;
        Seen header = Find(line[..colon]);
        bool isFirst = header != Seen.None && (seen & header) == Seen.None;
        seen |= header;
        return isFirst && header switch
        {
            Seen.Host => IsHost(value),
            // Another type may ask for JSON.
            Seen.Accept => value.SequenceEqual("*/*"u8),
            Seen.Connection => IsConnection(value, out close),
            _ => true,
        };
    }

    private static Seen Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when Ascii.EqualsIgnoreCase(name, "host"u8) => Seen.Host,
        6 when Ascii.EqualsIgnoreCase(name, "accept"u8) => Seen.Accept,
        10 when Ascii.EqualsIgnoreCase(name, "user-agent"u8) => Seen.UserAgent,
        10 when Ascii.EqualsIgnoreCase(name, "connection"u8) => Seen.Connection,
        15 when Ascii.EqualsIgnoreCase(name, "accept-encoding"u8) => Seen.AcceptEncoding,
        15 when Ascii.EqualsIgnoreCase(name, "accept-language"u8) => Seen.AcceptLanguage,
        _ => Seen.None,
    };

    private static bool IsHost(ReadOnlySpan<byte> value)
    {
        int colon = value.IndexOf((byte)':');
        ReadOnlySpan<byte> name = colon < 0 ? value : value[..colon];
        ReadOnlySpan<byte> port = colon < 0 ? "80"u8 : value[(colon + 1)..];
        return !name.IsEmpty && !name.ContainsAnyExcept(s_host)
            && port.Length is > 0 and <= 5 && !port.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    private static bool IsConnection(ReadOnlySpan<byte> value, out bool close)
    {
        close = Ascii.EqualsIgnoreCase(value, "close"u8);
        return close || Ascii.EqualsIgnoreCase(value, "keep-alive"u8);
    }
}
