using System.Globalization;
using System.Text;

namespace Berth.Faults;

/// <summary>Faults 18 to 22: answers that are no answer.</summary>
public class RefusalTests : FaultTest
{
    [Theory]
    [InlineData("seconds", 40)]
    [InlineData("date", 40)]
    [InlineData("past", 0)]
    [InlineData("absent", 0)]
    [InlineData("status", 40)]
    [InlineData("nonsense", 0)]
    [InlineData("year", 300)]
    public async Task F18_429_is_honoured_in_every_form_of_Retry_After(string form, int seconds)
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        watch.Cut();
        ScriptedExchange refused = await Api.NextAsync(Token);
        DateTimeOffset now = Rig.SourceTime.GetUtcNow();
        (string, string)[] header = form switch
        {
            "seconds" => [("Retry-After", "40")],
            "date" => [("Retry-After", now.AddSeconds(40).ToString("R", CultureInfo.InvariantCulture))],
            "past" => [("Retry-After", now.AddYears(-1).ToString("R", CultureInfo.InvariantCulture))],
            "nonsense" => [("Retry-After", "soon")],
            "year" => [("Retry-After", "31536000")],
            _ => [],
        };
        await refused.AnswerAsync(429, Json.Status(429, "TooManyRequests", "slow down", form == "status" ? 40 : null), headers: header);
        ScriptedExchange again = await WatchAsync("100");
        await again.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));

        TimeSpan wait = Assert.Single(Rig.DirectoryTime.Waits);
        if (seconds > 0)
            Assert.Equal(TimeSpan.FromSeconds(seconds), wait);
        else
            Assert.InRange(wait, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(502)]
    public async Task F19_burst_of_errors_causes_backoff_and_keeps_the_snapshot(int status)
    {
        await StartAsync(Slices.State(3), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        const int Burst = 12;
        for (int i = 0; i < Burst; i++)
        {
            // On lists as well as on watches, in JSON and in plain words.
            int odd = i % 2;
            Api.OnWatch(
                x =>
                    odd == 0
                        ? x.AnswerAsync(status, Json.Status(status, "InternalError", "etcdserver: leader changed"))
                        : x.AnswerAsync(status, "upstream down", "text/plain"));
        }

        watch.Cut();
        EndpointSnapshot stale = await UntilStaleAsync();
        ScriptedExchange again = await WatchAsync("100");
        await UntilLiveAsync();

        Assert.Equal(3, stale.Available.Count);
        Assert.Equal(1, Rig.Current.Version);
        await Observer.Log.LoggedAsync(100, 1, Token);
        // It is written down after the readers have the live snapshot.
        await Observer.Log.LoggedAsync(101, 1, Token);
        TimeSpan[] waits = [.. Rig.DirectoryTime.Waits];
        Assert.Equal(Burst, waits.Length);
        for (int i = 0; i < Burst; i++)
            Assert.InRange(
                waits[i], TimeSpan.FromMilliseconds(Math.Min(100 << i, 15_000)), TimeSpan.FromMilliseconds(Math.Min(200 << i, 30_000)));
        Assert.Equal(waits.Length, waits.Distinct().Count());
        await again.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json")]
    public async Task F20_HTML_is_an_error_and_never_an_empty_list(string contentType) =>
        await NotAListAsync("<html><head><title>Sign in</title></head><body>Please sign in</body></html>", contentType);

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json")]
    public async Task F20_HTML_instead_of_a_watch_is_an_error(string contentType)
    {
        await StartAsync(Slices.State(3), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        watch.Cut();
        ScriptedExchange page = await Api.NextAsync(Token);
        await page.AnswerAsync(200, "<html>\n<body>\nPlease sign in\n</body>\n</html>\n", contentType);
        EndpointSnapshot stale = await UntilStaleAsync();
        Assert.Equal(3, stale.Available.Count);
        while (true)
        {
            ScriptedExchange next = await Api.NextAsync(Token);
            await next.StartAsync();
            if (next.IsWatch)
            {
                await next.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
                break;
            }

            await next.SendAsync(Slices.List(3, "100"));
            next.End();
        }

        await UntilAsync(Slices.State(2));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"200"},"items":[]}""")]
    [InlineData("""{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1beta1","metadata":{"resourceVersion":"200"},"items":[]}""")]
    [InlineData("""{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{},"items":[]}""")]
    [InlineData("""{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":""},"items":[]}""")]
    [InlineData("""{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":null,"items":[]}""")]
    [InlineData("""{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"200"}}""")]
    [InlineData("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    [InlineData("")]
    public async Task F21_answer_that_is_not_a_list_with_a_version_is_an_error(string body) =>
        await NotAListAsync(body, "application/json");

    [Fact]
    public async Task F22_a_list_truncated_at_any_byte_is_an_error()
    {
        string text = Slices.List(2, "200").TrimEnd();
        byte[] whole = IsInProtobuf ? ProtobufWire.Object(text)! : Encoding.UTF8.GetBytes(text);
        // In protobuf, two empty fields of two bytes each follow the list. One that ends before them is whole.
        int end = IsInProtobuf ? whole.Length - 4 : whole.Length;
        await StartAsync(Slices.State(3), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        await watch.SendEventAsync("ERROR", Json.Expired);
        // Every byte near an edge, and every eleventh between; in JSON ended cleanly and cut in turn.
        int[] cuts = [.. Enumerable.Range(0, end).Where(i => i < 10 || i > end - 10 || i % 11 == 0)];
        foreach (int cut in cuts)
        {
            ScriptedExchange list = await Api.NextAsync(Token);
            Assert.False(list.IsWatch, $"A list cut at byte {cut} was taken for whole.");
            Assert.Equal(IsInProtobuf, list.AnswersProtobuf);
            await list.StartAsync(contentType: IsInProtobuf ? ProtobufWire.ContentType : "application/json");
            await list.SendAsync(whole.AsMemory(0, cut));
            // After one in protobuf that ended cleanly and could not be read, the client asks for JSON. So that one is the last.
            bool isCut = IsInProtobuf ? cut != cuts[^1] : cut % 2 == 0;
            if (isCut)
                list.Cut();
            else
                list.End();
        }

        ScriptedExchange last = await Api.NextAsync(Token);
        Assert.False(last.AnswersProtobuf);
        Assert.Equal(3, Rig.Current.Available.Count);
        Assert.Equal(cuts.Length, Observer.Failures.Count);
        await Observer.Log.LoggedAsync(100, 1, Token);
        await last.AnswerAsync(200, text);
        await UntilAsync(Slices.State(2));
    }

    private async Task NotAListAsync(string body, string contentType)
    {
        await StartAsync(Slices.State(3), Slices.State(2));
        // Before there is anything, and when there is.
        ScriptedExchange first = await Api.NextAsync(Token);
        Assert.Equal(IsInProtobuf, first.AnswersProtobuf);
        // In protobuf a list without items is an empty list. This server sends such a one in JSON.
        bool isEmptyInProtobuf = body.Contains("List\"", StringComparison.Ordinal) && !body.Contains("items", StringComparison.Ordinal);
        await first.AnswerAsync(200, body, isEmptyInProtobuf ? contentType + ";charset=utf-8" : contentType);
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        await watch.SendEventAsync("ERROR", Json.Expired);
        ScriptedExchange list = await Api.NextAsync(Token);
        await list.AnswerAsync(200, body, contentType);
        EndpointSnapshot stale = await UntilStaleAsync();
        await AnswerListAsync(Slices.List(2, "200"));
        await UntilAsync(Slices.State(2));

        Assert.Equal(3, stale.Available.Count);
        Assert.Equal(2, Observer.Failures.Count);
        Assert.Contains(
            Rig.Api.Address.Port.ToString(CultureInfo.InvariantCulture), Observer.Failures[0].Message, StringComparison.Ordinal);
    }
}
