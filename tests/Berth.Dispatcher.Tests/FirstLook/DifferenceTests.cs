using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.FirstLook;

/// <summary>
/// The same bytes go to a program with the first look and to one that has Kestrel alone. Status, headers, body and whether the connection
/// stays open are compared.
/// </summary>
public sealed partial class DifferenceTests
{
    private const string Usual =
        "GET / HTTP/1.1\r\nHost: lobby.example:8000\r\nUser-Agent: curl/8.1 (x; y)\r\nAccept: */*\r\nAccept-Encoding: gzip, br\r\n\r\n";

    private const string Closing = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private const string Short = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Next = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private const int Cases = 300;

    private static readonly string[] s_added =
    [
        "Connection: close", "connection: keep-alive", "Connection: upgrade", "Accept: application/json", "X-Other: 1", "Host: b",
        "Content-Length: 0", "Content-Length: 3", "Transfer-Encoding: chunked", "Expect: 100-continue", "Accept-Language: \t",
        "User-Agent:", "If-None-Match: *", "Upgrade: h2c", "traceparent: 00-0-0-00",
    ];

    [Fact]
    public async Task Mutated_requests_have_the_answers_of_Kestrel()
    {
        await using DispatcherFixture first = await StartAsync(plain: true);
        await using DispatcherFixture kestrel = await StartAsync(plain: false);
        Random random = new(49);
        int answered = 0;
        for (int i = 0; i < Cases; i++)
        {
            byte[][] segments = Cut(random, i == 0 ? Encoding.Latin1.GetBytes(Usual) : Mutate(random));

            answered += (await CompareAsync(first, kestrel, segments)).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) ? 1 : 0;
        }

        // Cases that are all refused would prove little.
        Assert.InRange(answered, Cases / 5, Cases * 4 / 5);
    }

    [Theory]
    [InlineData(Closing)]
    [InlineData(Short)]
    [InlineData(Short + Closing)]
    [InlineData(Short + Short + Next)]
    public async Task A_request_that_is_cut_anywhere_has_the_answer_of_Kestrel(string request)
    {
        await using DispatcherFixture first = await StartAsync(plain: true);
        await using DispatcherFixture kestrel = await StartAsync(plain: false);
        byte[] bytes = Encoding.Latin1.GetBytes(request);
        for (int cut = 1; cut < bytes.Length; cut++)
        {
            await CompareAsync(first, kestrel, [bytes[..cut]]);
            await CompareAsync(first, kestrel, [bytes[..cut], bytes[cut..]]);
        }
    }

    /// <summary>Sends both ways, twice: with the end of the client's side, and with another request in place of that.</summary>
    private static async Task<string> CompareAsync(DispatcherFixture first, DispatcherFixture kestrel, byte[][] segments)
    {
        string expected = await AskAsync(kestrel, segments, length: null);
        Same(segments, expected, await AskAsync(first, segments, length: null));
        // A whole request is answered before the next one is sent, whose answer tells that the connection stayed open.
        int length = Text(segments).Contains("\r\n\r\n", StringComparison.Ordinal) ? LengthOfFirst(expected) : 0;
        Same(segments, await AskAsync(kestrel, segments, length), await AskAsync(first, segments, length));
        return expected;
    }

    /// <summary>The length of the first answer.</summary>
    private static int LengthOfFirst(string answers)
    {
        int end = answers.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        Match length = BodyLength().Match(answers[..Math.Max(end, 0)]);
        return length.Success ? end + int.Parse(length.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    private static void Same(byte[][] segments, string expected, string actual) => Assert.True(
        expected == actual, $"{string.Join("|", segments.Select(static s => Encoding.Latin1.GetString(s)))}\n{expected}\n{actual}");

    private static string Text(byte[][] segments) => string.Concat(segments.Select(static s => Encoding.Latin1.GetString(s)));

    /// <summary>
    /// Sends the segments, then the end (null) or, after that many bytes of answers, another request, and reads to the end.
    /// </summary>
    private static async Task<string> AskAsync(DispatcherFixture fixture, byte[][] segments, int? length)
    {
        (TcpClient client, Stream stream) = await fixture.ConnectAsync();
        StringBuilder text = new();
        using (client)
        {
            client.NoDelay = true;
            await SendAsync(client, stream, segments, isEnd: length is null);
            if (length is { } expected)
            {
                await ReadAsync(stream, text, expected);
                await SendAsync(client, stream, [Encoding.Latin1.GetBytes(Next)], isEnd: false);
            }

            await ReadAsync(stream, text, int.MaxValue);
        }

        return Date().Replace(text.ToString(), "Date: Thu, 01 Jan 1970 00:00:00 GMT");
    }

    private static async Task SendAsync(TcpClient client, Stream stream, byte[][] segments, bool isEnd)
    {
        try
        {
            foreach (byte[] segment in segments)
            {
                await stream.WriteAsync(segment, DispatcherFixture.Cancelled);
                await Task.Yield();
            }

            if (isEnd)
                client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The server has closed. What it sent before can still be read.
        }
    }

    private static async Task ReadAsync(Stream stream, StringBuilder text, int length)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (text.Length < length
                && await stream.ReadAsync(buffer, DispatcherFixture.Cancelled).AsTask()
                    .WaitAsync(Wait.Limit, DispatcherFixture.Cancelled) is > 0 and int read)
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // The server closed with data of the client unread, so its end is a reset. What came before it counts.
        }
    }

    /// <summary>One to three segments.</summary>
    private static byte[][] Cut(Random random, byte[] bytes)
    {
        List<byte[]> segments = [];
        for (int more = random.Next(3); more > 0 && bytes.Length > 1; more--)
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

    private static async Task<DispatcherFixture> StartAsync(bool plain)
    {
        DispatcherFixture fixture = await DispatcherFixture.StartAsync(plain: plain);
        await fixture.PublishAsync(DispatcherFixture.Pod(0, "127.0.0.9"));
        return fixture;
    }

    [GeneratedRegex("\r\nContent-Length: ([0-9]+)\r")]
    private static partial Regex BodyLength();

    [GeneratedRegex("Date: [^\r]*")]
    private static partial Regex Date();
}
