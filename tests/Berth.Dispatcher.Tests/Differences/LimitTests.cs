using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Berth.Dispatcher.Tests.Edge;
using Berth.Dispatcher.Tests.FirstLook;

namespace Berth.Dispatcher.Tests.Differences;

/// <summary>
/// Clients that send half a request, fall silent or send too much meet the same end at the same time, whether the server answers plain
/// requests itself or has Kestrel alone.
/// </summary>
public sealed partial class LimitTests
{
    private const string Short = RequestCase.Short;
    private const string Body = "10.88.0.10:3000";

    private const int MaxTries = 20;

    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(2);

    // Kestrel looks once a second, and gives a second more. The rest is for a busy machine. The other limit of each test is far above it.
    private static readonly TimeSpan s_later = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(10);

    public static TheoryData<AnswerPath> Paths => [AnswerPath.FirstLook, AnswerPath.Plain, AnswerPath.PlainInTls];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Half_a_request_is_refused_with_408_when_its_time_is_over(AnswerPath path)
    {
        await using ServerPair servers = await ServerPair.StartAsync(path, keepAlive: s_long, headers: s_short);
        string[][] cases = [["G"], ["GET / HTTP/1.1\r\nHost: a\r\n"], [Short, "GET / HT"], [Short, Short, "GET / HTTP/1.1\r\n"]];

        await Task.WhenAll(cases.Select(async sent =>
        {
            (string expected, string actual) = await BothAsync(servers, sent, wholes: sent.Length - 1);
            Assert.Equal(expected, actual);
            Assert.Contains("HTTP/1.1 408 ", actual, StringComparison.Ordinal);
            Assert.EndsWith(" Orderly", actual, StringComparison.Ordinal);
        }));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Silent_connection_is_closed_when_its_time_is_over(AnswerPath path)
    {
        await using ServerPair servers = await ServerPair.StartAsync(path, keepAlive: s_short, headers: s_long);
        // The first look waits by the test's clock. See below.
        string[][] cases = path == AnswerPath.FirstLook ? [[Short, Short]] : [[], [Short], [Short, Short]];

        await Task.WhenAll(cases.Select(async sent =>
        {
            (string expected, string actual) = await BothAsync(servers, sent, wholes: sent.Length);
            Assert.Equal(expected, actual);
            Assert.Equal(sent.Length, actual.Split(Body).Length - 1);
            Assert.EndsWith(" Orderly", actual, StringComparison.Ordinal);
        }));
    }

    [Fact]
    public async Task Silent_connection_of_the_first_look_is_closed_when_its_time_is_over()
    {
        await using ServerPair servers = await ServerPair.StartAsync(AnswerPath.FirstLook, keepAlive: s_short, headers: s_long);
        await using RawClient silent = await servers.ConnectAsync(servers.Tested);
        // Its time starts when it is accepted, and that of the next one before it has its answer.
        await AcceptedSocket.WaitAsync(silent.Socket, DispatcherFixture.Cancelled);
        await using RawClient kept = await servers.ConnectAsync(servers.Tested);
        StringBuilder text = new();
        await AskAsync(kept, text, Short);

        servers.Tested.Time.Advance(s_short);
        // The loop looks for late connections after each event, so it has looked when the second one is answered.
        for (int i = 0; i < 2; i++)
        {
            await using RawClient other = await servers.ConnectAsync(servers.Tested);
            await AskAsync(other, new StringBuilder(), Short);
        }

        Assert.False(silent.Socket.Poll(0, SelectMode.SelectRead));
        Assert.False(kept.Socket.Poll(0, SelectMode.SelectRead));
        // At least the limit, and at most a second more.
        servers.Tested.Time.Advance(TimeSpan.FromSeconds(1));

        StringBuilder nothing = new();
        Assert.Equal(Ending.Orderly, await silent.ReadAsync(nothing));
        Assert.Equal(Ending.Orderly, await kept.ReadAsync(text));
        Assert.Equal(await EndAsync(servers, servers.Kestrel, [], 0), Describe(nothing, Ending.Orderly));
        Assert.Equal(await EndAsync(servers, servers.Kestrel, [Short], 1), Describe(text, Ending.Orderly));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Too_long_a_request_is_refused_at_once(AnswerPath path)
    {
        await using ServerPair servers = await ServerPair.StartAsync(path, keepAlive: s_long, headers: s_long);
        string many = string.Concat(Enumerable.Range(0, 70).Select(static i => $"X-{i}: 1\r\n"));
        // None of them has an end, so a server that waited for it would not answer.
        (string Request, int Status)[] cases =
        [
            ("GET /" + new string('x', 5_000), 414),
            ("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: " + new string('x', 17_000) + "\r\n", 431),
            ("GET / HTTP/1.1\r\nHost: a\r\n" + many, 431),
        ];
        foreach ((string request, int status) in cases)
        {
            foreach (string[] sent in (string[][])[[request], [Short, request]])
            {
                string expected = await EndAsync(servers, servers.Kestrel, sent, sent.Length - 1, mayReset: true);
                Assert.Equal(expected, await EndAsync(servers, servers.Tested, sent, sent.Length - 1, mayReset: true));
                Assert.Contains($"HTTP/1.1 {status} ", expected, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Client_that_reads_late_gets_all_its_answers(AnswerPath path)
    {
        const int Requests = 400;
        await using ServerPair servers = await ServerPair.StartAsync(path);
        string[] answers = new string[2];
        foreach (EdgeServer server in (EdgeServer[])[servers.Kestrel, servers.Tested])
        {
            await using RawClient client = await servers.ConnectAsync(server, receiveBuffer: 2048);
            byte[][] requests =
                [.. Enumerable.Repeat(Encoding.ASCII.GetBytes(Short), Requests), Encoding.ASCII.GetBytes(RequestCase.Closing)];
            await client.SendAsync(requests, isEnd: false);
            StringBuilder text = new();
            Assert.Equal(Ending.Orderly, await client.ReadAsync(text));
            answers[server == servers.Tested ? 1 : 0] = Describe(text, Ending.Orderly);
        }

        Assert.Equal(Requests + 1, answers[0].Split(Body).Length - 1);
        Assert.Equal(answers[0], answers[1]);
    }

    /// <summary>The ends on both servers, which run at the same time, and which come when the short limit is over.</summary>
    private static async Task<(string Expected, string Actual)> BothAsync(ServerPair servers, string[] sent, int wholes)
    {
        string[] ends = await Task.WhenAll(
            EndAsync(servers, servers.Kestrel, sent, wholes, s_short), EndAsync(servers, servers.Tested, sent, wholes, s_short));
        return (ends[0], ends[1]);
    }

    /// <summary>Sends requests, the first ones whole and one after another, and describes what came until the end.</summary>
    private static async Task<string> EndAsync(
        ServerPair servers, EdgeServer server, string[] sent, int wholes, TimeSpan? limit = null, bool mayReset = false)
    {
        // This program can stand still for longer than a short limit. A server that is wrong is so in each try.
        for (int tries = 0; tries < MaxTries; tries++)
        {
            if (await TryEndAsync(servers, server, sent, wholes, limit, mayReset) is { } end)
                return end;
        }

        throw new TimeoutException($"The server closed too early or too late in each of {MaxTries} connections; the limit is {limit}.");
    }

    /// <summary>
    /// Returns null when the server closed before a whole request, or too early or too late, as a busy machine can make it.
    /// </summary>
    private static async Task<string?> TryEndAsync(
        ServerPair servers, EdgeServer server, string[] sent, int wholes, TimeSpan? limit, bool mayReset)
    {
        // The limit starts later than this: when the connection is accepted, or with the answer to a request.
        long started = TimeProvider.System.GetTimestamp();
        await using RawClient client = await servers.ConnectAsync(server);
        StringBuilder text = new();
        foreach (string whole in sent.Take(wholes))
        {
            started = TimeProvider.System.GetTimestamp();
            if (!await TryAskAsync(client, text, whole))
                return null;
        }

        bool isSilent = wholes == sent.Length;
        if (!isSilent)
            started = TimeProvider.System.GetTimestamp();
        await client.SendAsync([.. sent.Skip(wholes).Select(Encoding.Latin1.GetBytes)], isEnd: false);
        Ending ending = await client.ReadAsync(text);
        TimeSpan taken = TimeProvider.System.GetElapsedTime(started);
        // Kestrel counts from its last tick, which a busy machine delays. For a silent connection the tested server counts ticks.
        if (isSilent && server == servers.Tested && limit is { } least)
            Assert.True(taken >= least, $"The connection was closed after {taken}, and its limit is {least}.");
        if (taken < limit || taken > limit + s_later)
            return null;
        // With bytes of the client still unread, its system may hear of the end as a reset.
        return Describe(text, mayReset && ending == Ending.Reset ? Ending.Orderly : ending);
    }

    private static async Task AskAsync(RawClient client, StringBuilder text, string request) =>
        Assert.True(await TryAskAsync(client, text, request));

    /// <summary>Returns false when the connection ended without a byte of the answer.</summary>
    private static async Task<bool> TryAskAsync(RawClient client, StringBuilder text, string request)
    {
        int before = text.Length;
        await client.SendAsync([Encoding.ASCII.GetBytes(request)], isEnd: false);
        while (!text.ToString(before, text.Length - before).EndsWith(Body, StringComparison.Ordinal))
        {
            Ending ending = await client.ReadAsync(text, text.Length + 1);
            if (ending != Ending.None && text.Length == before)
                return false;
            Assert.Equal(Ending.None, ending);
        }

        return true;
    }

    private static string Describe(StringBuilder text, Ending ending) => Date().Replace(text.ToString(), "Date: D") + " " + ending;

    [GeneratedRegex("Date: [^\r]*")]
    private static partial Regex Date();
}
