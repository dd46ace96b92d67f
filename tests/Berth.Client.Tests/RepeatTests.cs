using System.Globalization;
using System.Net;
using System.Text;
using Berth.TestKit;

namespace Berth.Client.Tests;

/// <summary>Requests that are repeated, and those that are not; waits that a server asks for.</summary>
public sealed class RepeatTests
{
    private const string Reserved = """
        {"reservation":"b-0.6c1f","state":"reserved","pod":"b-0","authority":"10.0.0.1:3000","ports":[],"seats":1,"ticket":"t","ttl":30}
        """;

    private const string Head =
        "\"target\":\"a/b\",\"version\":1,\"observedAt\":\"2026-01-01T00:00:00Z\",\"state\":\"live\"";

    [Fact]
    public async Task Broken_connection_is_tried_again_with_the_same_key()
    {
        using ScriptedHandler http = new(
            static _ => throw new HttpRequestException("It broke."), static _ => ScriptedHandler.Answer(201, Reserved));
        SeatReservation seat = await http.Connect().ReserveSeatsAsync("a/b", cancellationToken: ClientRig.Cancelled);
        Assert.Equal(("b-0.6c1f", "a/b"), (seat.Id, seat.Target));
        Assert.Equal(2, http.Requests.Count);
        Assert.Equal(http.Requests[0], http.Requests[1]);
        Assert.Matches("^POST http://d/v1/seats/a/b [0-9A-F]{32} {\"seats\":1}$", http.Requests[0]);
    }

    [Fact]
    public async Task Refusal_is_not_repeated_anywhere()
    {
        using ScriptedHandler http = new(static _ => ScriptedHandler.Problem("full", 503, retryAfter: 3));
        BerthException full = await Assert.ThrowsAsync<BerthException>(
            () => http.Connect("http://a", "http://b").ReserveSeatsAsync("a/b", cancellationToken: ClientRig.Cancelled));
        Assert.Equal((TimeSpan.FromSeconds(3), "It is full."), (full.RetryAfter, full.Message));
        Assert.Single(http.Requests);
    }

    [Fact]
    public async Task Release_is_repeated_when_its_answer_was_lost()
    {
        using ScriptedHandler http = new(
            static _ => throw new HttpRequestException("It broke."), static _ => new HttpResponseMessage(HttpStatusCode.NoContent));
        await http.Connect().ReleaseSeatsAsync("a/b", "b-0.6c1f", ClientRig.Cancelled);
        Assert.Equal(Enumerable.Repeat("DELETE http://d/v1/seats/a/b/b-0.6c1f  ", 2), http.Requests);
    }

    [Fact]
    public async Task Answer_of_another_server_is_named()
    {
        using ScriptedHandler http = new(static _ => ScriptedHandler.Answer(502, "<html>", "text/html"));
        BerthException other = await Assert.ThrowsAsync<BerthException>(
            () => http.Connect().GetEndpointsAsync("a/b", ClientRig.Cancelled));
        Assert.Equal(("urn:berth:client:unreadable", 502), (other.Type, other.Status));
        Assert.Contains("answered 502 with text/html", other.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(7, 7, 7)]
    [InlineData(31_536_000, 300, 300)]
    [InlineData(0, 0.1, 0.2)]
    public async Task Asked_wait_is_honoured_up_to_five_minutes(int asked, double least, double most)
    {
        using ScriptedHandler http = new(_ => ScriptedHandler.Problem("too-many-requests", 429, asked));
        TimeSpan? waited = null;
        using CancellationTokenSource stop = new();
        IAsyncEnumerable<EndpointSnapshot> sets = http.Connect().WatchAsync("a/b", (_, delay) =>
        {
            waited = delay;
            stop.Cancel();
        });
        await using IAsyncEnumerator<EndpointSnapshot> watch = sets.GetAsyncEnumerator(stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.MoveNextAsync().AsTask());
        Assert.InRange(waited!.Value.TotalSeconds, least, most);
    }

    [Theory]
    [MemberData(nameof(RetryAfterCases.WithoutDates), MemberType = typeof(RetryAfterCases))]
    public async Task Asked_wait_is_read_as_every_client_reads_it(string? header, double? seconds)
    {
        using ScriptedHandler http = new(_ => AskToWait(header));
        BerthException refused = await Assert.ThrowsAsync<BerthException>(
            () => http.Connect().GetEndpointsAsync("a/b", ClientRig.Cancelled));
        Assert.Equal(seconds, refused.RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData(-2, 0, 0)]
    [InlineData(2, 47 * 3600, 48 * 3600)]
    public async Task Asked_wait_may_be_a_date(int days, double least, double most)
    {
        using ScriptedHandler http = new(_ => AskToWait(TimeProvider.System.GetUtcNow().AddDays(days).ToString("R")));
        BerthException refused = await Assert.ThrowsAsync<BerthException>(
            () => http.Connect().GetEndpointsAsync("a/b", ClientRig.Cancelled));
        Assert.InRange(refused.RetryAfter!.Value.TotalSeconds, least, most);
    }

    private static HttpResponseMessage AskToWait(string? header)
    {
        HttpResponseMessage response = ScriptedHandler.Problem("too-many-requests", 429);
        if (header is not null)
            Assert.True(response.Headers.TryAddWithoutValidation("Retry-After", header));
        return response;
    }

    [Fact]
    public async Task Stream_that_ignores_tokens_is_left_at_once()
    {
        using DeafStream body = new();
        using ScriptedHandler http = new(_ => ScriptedHandler.Stream(body));
        await using WatchedSets sets = new(http.Connect(), "a/b");
        Task<bool> next = sets.MoveAsync();
        await body.IsRead.Task.WaitAsync(Wait.Limit, ClientRig.Cancelled);
        sets.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(Wait.Limit));
    }

    [Fact]
    public async Task Stream_with_something_else_is_named_and_left()
    {
        using ScriptedHandler http = new(
            static _ => ScriptedHandler.Answer(200, "{}"),
            static _ => ScriptedHandler.Stream(new MemoryStream(Encoding.UTF8.GetBytes("event: snapshot\ndata: {\n\n"))),
            static _ => ScriptedHandler.Problem("forbidden", 403));
        List<string> reasons = [];
        await using WatchedSets sets = new(http.Connect(), "a/b", (failure, _) => reasons.Add(failure.Message));
        await Assert.ThrowsAsync<BerthException>(sets.MoveAsync);
        Assert.Contains("answered 200 with application/json", reasons[0], StringComparison.Ordinal);
        Assert.Contains("sent something that cannot be used: a name is expected", reasons[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_of_arguments_are_named_together()
    {
        using HttpClient http = new();
        BerthClientOptions options = new() { AnswerTimeout = TimeSpan.Zero, IdleTimeout = TimeSpan.FromDays(1) };
        string message = Assert.Throws<ArgumentException>(
            () => new BerthClient(http, ["ftp://d", "http://u:p@d", "http://d?x"], options)).Message;
        Assert.All(
            ["'ftp://d'", "user or a password", "'http://d?x'", "AnswerTimeout is", "IdleTimeout is"],
            text => Assert.Contains(text, message, StringComparison.Ordinal));
        BerthClient client = new(http, "http://d");
        Assert.Throws<ArgumentException>(() => { client.WatchAsync("service-b"); });
        EndpointQuery[] contradictions = [new() { Ordinal = 1 }, new() { Target = "a/b", Ordinal = 1, Key = "k" }];
        foreach (EndpointQuery query in contradictions)
            Assert.Throws<ArgumentException>(() => { _ = client.GetEndpointAsync(query, ClientRig.Cancelled); });
    }

    [Theory]
    [InlineData("-00:00:01", false)]
    [InlineData("00:00:00", true)]
    [InlineData("01:00:00", true)]
    [InlineData("01:00:00.0010000", false)]
    [InlineData("49.17:02:48", false)]
    [InlineData("10675199.02:48:05.4775807", false)]
    [InlineData("-10675199.02:48:05.4775808", false)]
    public async Task Wait_that_no_timer_takes_is_refused_with_a_sentence(string wait, bool isSent)
    {
        using ScriptedHandler http = new(static _ => ScriptedHandler.Answer(201, Reserved));
        SeatRequest request = new() { Wait = TimeSpan.Parse(wait, CultureInfo.InvariantCulture) };
        Task<SeatReservation> Reserve() => http.Connect().ReserveSeatsAsync("a/b", request, ClientRig.Cancelled);
        if (isSent)
        {
            await Reserve();
            Assert.Single(http.Requests);
            return;
        }

        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(Reserve);
        Assert.StartsWith($"Wait is {wait}. Give a time from zero to 01:00:00.", refused.Message, StringComparison.Ordinal);
        Assert.Empty(http.Requests);
    }

    [Fact]
    public async Task Faults_of_a_request_for_seats_are_in_one_message()
    {
        using ScriptedHandler http = new(static _ => ScriptedHandler.Answer(201, Reserved));
        string longest = new('k', 255);
        SeatRequest request = new() { Seats = 0, Key = longest + "k", Ttl = TimeSpan.Zero, IdempotencyKey = longest + "k" };
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(
            () => http.Connect().ReserveSeatsAsync("a/b", request, ClientRig.Cancelled));
        Assert.StartsWith(
            "Seats is 0. Give 1 or more. Ttl is 00:00:00. Give a time above zero, or null for the dispatcher's. "
                + "Key has 256 characters. Give at most 255. IdempotencyKey has 256 characters. Give at most 255.",
            refused.Message, StringComparison.Ordinal);
        Assert.Empty(http.Requests);
        await http.Connect().ReserveSeatsAsync(
            "a/b", new SeatRequest { Key = longest, IdempotencyKey = longest }, ClientRig.Cancelled);
        Assert.Single(http.Requests);
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("1e400")]
    [InlineData("922337203686")]
    public async Task Age_and_time_beyond_any_clock_count_as_100_years(string seconds)
    {
        TimeSpan max = TimeSpan.FromDays(36_500);
        using ScriptedHandler http = new(
            _ => ScriptedHandler.Answer(201, Reserved.Replace("\"ttl\":30", $"\"ttl\":{seconds}", StringComparison.Ordinal)),
            _ => ScriptedHandler.Answer(200, $"{{{Head},\"ageSeconds\":{seconds},\"endpoints\":[]}}"),
            _ => ScriptedHandler.Stream(Events($"event: snapshot\ndata: {{{Head},\"endpoints\":[]}}\n\nevent: source\n"
                + $"data: {{\"state\":\"x-1\",\"ageSeconds\":{seconds}}}\n\n")));
        BerthClient client = http.Connect();
        Assert.Equal(max, (await client.ReserveSeatsAsync("a/b", cancellationToken: ClientRig.Cancelled)).Ttl);
        Assert.InRange((await client.GetEndpointsAsync("a/b", ClientRig.Cancelled)).Age!.Value, max, max + Wait.Limit);
        await using WatchedSets sets = new(client, "a/b");
        Assert.True(await sets.MoveAsync());
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("-1e400")]
    public async Task Negative_age_ends_the_connection_and_not_the_watch(string seconds)
    {
        string snapshot = $"event: snapshot\ndata: {{{Head},\"endpoints\":[]}}\n\nevent: source\ndata: ";
        using ScriptedHandler http = new(
            _ => ScriptedHandler.Stream(Events($"{snapshot}{{\"state\":\"x-1\",\"ageSeconds\":{seconds}}}\n\n")),
            _ => ScriptedHandler.Stream(Events($"{snapshot}{{\"state\":\"x-1\",\"ageSeconds\":2}}\n\n")));
        List<string> reasons = [];
        await using WatchedSets sets = new(http.Connect(), "a/b", (failure, _) => reasons.Add(failure.Message));
        Assert.True(await sets.MoveAsync());
        Assert.Contains($"'ageSeconds' is {seconds}, and a duration is not negative.", Assert.Single(reasons), StringComparison.Ordinal);
    }

    private static MemoryStream Events(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>A stream whose reads never end, as under a handler that pays no attention to tokens.</summary>
    private sealed class DeafStream : MemoryStream
    {
        public TaskCompletionSource IsRead { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            IsRead.TrySetResult();
            return new TaskCompletionSource<int>().Task;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(ReadAsync([], 0, 0, cancellationToken));
    }
}
