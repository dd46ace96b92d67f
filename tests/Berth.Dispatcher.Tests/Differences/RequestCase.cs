using System.Text;

namespace Berth.Dispatcher.Tests.Differences;

/// <summary>
/// The bytes of one seed, in one to three segments: a usual request with up to two changes, or a request put together of usual and unusual
/// parts.
/// </summary>
internal sealed class RequestCase
{
    /// <summary>The requests of curl and of programs.</summary>
    public const string Usual =
        "GET / HTTP/1.1\r\nHost: lobby.example:8000\r\nUser-Agent: curl/8.1 (x; y)\r\nAccept: */*\r\nAccept-Encoding: gzip, br\r\n\r\n";

    public const string Closing = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    public const string Short = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static readonly string[] s_added =
    [
        "Connection: close", "connection: keep-alive", "Connection: upgrade", "Accept: application/json", "X-Other: 1", "Host: b",
        "Content-Length: 0", "Content-Length: 3", "Transfer-Encoding: chunked", "Expect: 100-continue", "Accept-Language: \t",
        "User-Agent:", "If-None-Match: *", "Upgrade: h2c", "traceparent: 00-0-0-00",
    ];

    private static readonly string[] s_methods = ["get", "HEAD", "POST", "OPTIONS", "PUT", "G", "GET ", " GET", "GET\t"];

    private static readonly string[] s_targets =
        ["/?", "/?key=a", "//", "/healthz", "/v1/targets", "*", "http://a/", "/%2f", "", "/ ", "a"];

    private static readonly string[] s_versions = ["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", "HTTP/11", ""];
    private static readonly string[] s_ends = ["\n", "\r", "\r\r\n", "\r\n "];
    private static readonly string[] s_separators = [":", " : ", ":\t", ":  ", " ", ""];

    private static readonly string[] s_plainNames =
        ["User-Agent", "user-agent", "Accept", "Accept-Encoding", "ACCEPT-ENCODING", "Accept-Language", "Connection", "connection"];

    private static readonly string[] s_otherNames =
    [
        "Host", "X-Other", "Cookie", "Content-Length", "Transfer-Encoding", "Expect", "Upgrade", "Range", "If-None-Match", "Origin",
        "Forwarded", "TE", "traceparent", "Authorization", "User Agent", "",
        "User-Agent\0", "Accept-Encodin", "Accept-Encoding2", "Keep-Alive",
    ];

    private static readonly string[] s_values =
    [
        "a", "*/*", "gzip, br", "close", "Close", "keep-alive", "keep-alive, close", "close, keep-alive", "upgrade", "0", "3", "-1",
        "chunked", "chunked, gzip", "100-continue", "h2c", "x\ty", "\u00e4", "x\0y", "", " ", "a ", "de, en;q=0.5",
        "text/html", "\u007f", "~!",
    ];

    private static readonly string[] s_hosts =
        ["a", "lobby.example:8000", "10.0.0.1", "A.B", "a:0", "a:99999", "a:123456", "a:", ":80", "[::1]:80", "a b", "a_b", "a/b", "",
            "a,b"];

    private RequestCase(byte[][] segments) => Segments = segments;

    public byte[][] Segments { get; }

    /// <summary>The whole request.</summary>
    public string Text => string.Concat(Segments.Select(static s => Encoding.Latin1.GetString(s)));

    public static RequestCase Of(int seed)
    {
        Random random = new(seed);
        return new RequestCase(Cut(random, random.Next(2) == 0 ? Mutate(random) : Encoding.Latin1.GetBytes(Build(random))));
    }

    public override string ToString() => string.Join("|", Segments.Select(static s => Encoding.Latin1.GetString(s)));

    private static byte[][] Cut(Random random, byte[] bytes)
    {
        List<byte[]> segments = [];
        for (int more = random.Next(4) - 1; more > 0 && bytes.Length > 1; more--)
        {
            int at = random.Next(1, bytes.Length);
            segments.Add(bytes[..at]);
            bytes = bytes[at..];
        }

        return [.. segments, bytes];
    }

    /// <summary>A request with up to two changes: bytes changed, left out or doubled, headers added, requests behind it.</summary>
    private static byte[] Mutate(Random random)
    {
        string[] requests = [Usual, Short, Closing];
        List<byte> bytes = [.. Encoding.Latin1.GetBytes(requests[random.Next(requests.Length)])];
        for (int changes = random.Next(3); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, bytes[at]);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    bytes.Add((byte)'\n');
                    break;
                case 4:
                    string line = s_added[random.Next(s_added.Length)] + "\r\n";
                    bytes.InsertRange(Math.Min(bytes.Count, "GET / HTTP/1.1\r\n".Length), Encoding.Latin1.GetBytes(line));
                    break;
                default:
                    bytes.AddRange(Encoding.Latin1.GetBytes(requests[random.Next(requests.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>A request of parts. Each of them is rarely unusual, so that most requests have one or two unusual parts.</summary>
    private static string Build(Random random)
    {
        // A third of them is usual in nearly all parts.
        int times = random.Next(3) == 0 ? 16 : 1;
        string rarely(string usual, string[] others, int oneIn) =>
            random.Next(oneIn * times) == 0 ? others[random.Next(others.Length)] : usual;
        string end() => rarely("\r\n", s_ends, 60);
        StringBuilder text = new();
        text.Append(rarely("GET", s_methods, 12)).Append(rarely(" ", ["  ", "\t", ""], 60)).Append(rarely("/", s_targets, 12))
            .Append(rarely(" ", ["  ", "\t", ""], 60)).Append(rarely("HTTP/1.1", s_versions, 16)).Append(end());
        List<string> lines = random.Next(16 * times) == 0 ? [] : ["Host" + rarely(": ", s_separators, 30) + rarely("a", s_hosts, 3)];
        for (int more = random.Next(6); more > 0; more--)
        {
            string name = rarely(s_plainNames[random.Next(s_plainNames.Length)], s_otherNames, 6);
            string value = name switch
            {
                "Accept" => rarely("*/*", s_values, 4),
                "Connection" or "connection" => rarely(random.Next(2) == 0 ? "close" : "keep-alive", s_values, 4),
                // Near the longest plain request, and above what Kestrel takes.
                _ when random.Next(24 * times) == 0 =>
                    new string('x', random.Next(4) == 0 ? random.Next(14_000, 18_000) : random.Next(1900, 2100)),
                _ => rarely("x y", s_values, 3),
            };
            lines.Insert(random.Next(lines.Count + 1), name + rarely(": ", s_separators, 30) + value);
        }

        foreach (string line in lines)
            text.Append(line).Append(end());
        return text.Append(rarely("\r\n", ["", "\n", "\r\n\r\n", "\r\nx", "\r\n" + Short, "\r\n" + Closing], 10)).ToString();
    }
}
