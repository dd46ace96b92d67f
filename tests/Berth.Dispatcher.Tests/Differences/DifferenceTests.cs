using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Berth.Dispatcher.Http;
using Berth.Dispatcher.Tests.Edge;

namespace Berth.Dispatcher.Tests.Differences;

/// <summary>
/// The same bytes go to a program that answers plain requests itself and to one that has Kestrel alone. Status, headers, body and whether
/// the connection stays open are compared. <c>BERTH_DIFFERENCES=N</c> plays N new cases on each path, <c>BERTH_NIGHTLY=1</c> 20,000 in
/// all; <c>BERTH_DIFFERENCE_SEED=S</c> plays the case of one seed again.
/// </summary>
public sealed partial class DifferenceTests(ITestOutputHelper output)
{
    private const string Short = RequestCase.Short;
    private const string Closing = RequestCase.Closing;
    private const int Attempts = 50;
    private const string Next = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private int _unsteady;

    /// <summary>The seeds from 1 on that are always played, the new ones of each run, and those of a night.</summary>
    public static TheoryData<AnswerPath, int, int, int> Counts => new()
    {
        { AnswerPath.FirstLook, 400, 200, 10_000 },
        { AnswerPath.Plain, 400, 200, 8_000 },
        { AnswerPath.PlainInTls, 60, 30, 2_000 },
    };

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task Random_requests_have_the_answers_of_Kestrel(AnswerPath path, int always, int few, int many)
    {
        await using ServerPair servers = await ServerPair.StartAsync(path);
        if (Number("BERTH_DIFFERENCE_SEED") is { } one)
        {
            output.WriteLine($"{RequestCase.Of(one)}\n{(await PlayAsync(servers, one)).Answer}");
            return;
        }

        int count = Number("BERTH_DIFFERENCES") ?? (Environment.GetEnvironmentVariable("BERTH_NIGHTLY") == "1" ? many - always : few);
        int first = Random.Shared.Next(always + 1, int.MaxValue - count);
        output.WriteLine($"{always + count} cases, seeds 1 to {always} and {first} to {first + count - 1}");
        int answered = 0;
        int plain = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(1, always).Concat(Enumerable.Range(first, count)),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = DispatcherFixture.Cancelled },
            async (seed, _) =>
            {
                (string answer, bool isPlain) = await PlayAsync(servers, seed);
                if (answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
                    Interlocked.Increment(ref answered);
                if (isPlain)
                    Interlocked.Increment(ref plain);
            });

        output.WriteLine($"{answered} answered with 200, {plain} in the plain form, {_unsteady} that Kestrel answers in two ways");
        Assert.InRange(_unsteady, 0, 2 + ((always + count) / 200));
        // Cases that are all refused, or all left to Kestrel, would prove little.
        Assert.InRange(answered, (always + count) / 5, (always + count) * 4 / 5);
        Assert.InRange(plain, (always + count) / 10, (always + count) / 2);
    }

    [Theory]
    [InlineData(Closing)]
    [InlineData(Short)]
    [InlineData(Short + Closing)]
    [InlineData(Short + Short + Next)]
    public async Task A_request_that_is_cut_anywhere_has_the_answer_of_Kestrel(string request)
    {
        foreach (AnswerPath path in (AnswerPath[])[AnswerPath.FirstLook, AnswerPath.Plain])
        {
            await using ServerPair servers = await ServerPair.StartAsync(path);
            byte[] bytes = Encoding.Latin1.GetBytes(request);
            for (int cut = 1; cut < bytes.Length; cut++)
            {
                await CompareAsync(servers, [bytes[..cut]]);
                await CompareAsync(servers, [bytes[..cut], bytes[cut..]]);
            }
        }
    }

    [Fact]
    public async Task A_request_that_is_cut_inside_TLS_has_the_answer_of_Kestrel()
    {
        await using ServerPair servers = await ServerPair.StartAsync(AnswerPath.PlainInTls);
        byte[] bytes = Encoding.Latin1.GetBytes(Short + Closing);
        for (int cut = 1; cut < bytes.Length; cut++)
            await CompareAsync(servers, [bytes[..cut], bytes[cut..]]);
    }

    private async Task<(string Answer, bool IsPlain)> PlayAsync(ServerPair servers, int seed)
    {
        RequestCase request = RequestCase.Of(seed);
        try
        {
            string answer = await CompareAsync(servers, request.Segments);
            return (answer, PlainRequest.Is(request.Segments[0], out _));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Assert.Fail($"Seed {seed}, {servers.Path}: play it again with BERTH_DIFFERENCE_SEED={seed}.\n{request}\n{exception.Message}");
            throw;
        }
    }

    /// <summary>Sends both ways, twice: with the end of the client's side, and with another request in place of that.</summary>
    private async Task<string> CompareAsync(ServerPair servers, byte[][] segments)
    {
        string expected = await CompareAsync(servers, segments, length: null);
        // A whole request is answered before the next one is sent, whose answer tells that the connection stayed open.
        string text = Text(segments);
        int length = text.Contains("\r\n\r\n", StringComparison.Ordinal) && !text.StartsWith("HEAD", StringComparison.Ordinal)
            ? LengthOfFirst(expected)
            : 0;
        await CompareAsync(servers, segments, length);
        return expected;
    }

    private async Task<string> CompareAsync(ServerPair servers, byte[][] segments, int? length)
    {
        string expected = await AskAsync(servers, servers.Kestrel, segments, length);
        string actual = await AskAsync(servers, servers.Tested, segments, length);
        // Kestrel itself answers some broken requests in two ways, by chance. An answer that Kestrel alone gives too is no difference.
        bool isKnown = actual == expected;
        if (!isKnown)
            Interlocked.Increment(ref _unsteady);
        for (int i = 0; i < Attempts && !isKnown; i++)
            isKnown = actual == await AskAsync(servers, servers.Kestrel, segments, length);
        Assert.True(
            isKnown,
            $"{string.Join("|", segments.Select(static s => Encoding.Latin1.GetString(s)))}\nKestrel:\n{expected}\nThe other:\n{actual}");
        return expected;
    }

    /// <summary>The length of the first answer.</summary>
    private static int LengthOfFirst(string answers)
    {
        int end = answers.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        Match length = BodyLength().Match(answers[..Math.Max(end, 0)]);
        return length.Success ? end + int.Parse(length.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    private static string Text(byte[][] segments) => string.Concat(segments.Select(static s => Encoding.Latin1.GetString(s)));

    /// <summary>
    /// Sends the segments, then the end (null) or, after that many bytes of answers, another request, and reads to the end.
    /// </summary>
    private static async Task<string> AskAsync(ServerPair servers, EdgeServer server, byte[][] segments, int? length)
    {
        await using RawClient client = await servers.ConnectAsync(server);
        StringBuilder text = new();
        await client.SendAsync(segments, isEnd: length is null);
        if (length is { } expected)
        {
            await client.ReadAsync(text, expected);
            await client.SendAsync([Encoding.Latin1.GetBytes(Next)], isEnd: false);
        }

        await client.ReadAsync(text);
        return Date().Replace(text.ToString(), "Date: Thu, 01 Jan 1970 00:00:00 GMT");
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;

    [GeneratedRegex("\r\nContent-Length: ([0-9]+)\r")]
    private static partial Regex BodyLength();

    [GeneratedRegex("Date: [^\r]*")]
    private static partial Regex Date();
}
