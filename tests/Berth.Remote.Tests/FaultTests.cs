using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>Answers that no dispatcher gives, from a server that the test scripts.</summary>
public sealed class FaultTests
{
    private const string Head =
        "\"target\":\"k8s-example2/service-b\",\"observedAt\":\"2026-01-02T03:04:05+00:00\","
        + "\"state\":\"live\",\"staleSince\":null,\"reason\":null";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, "text/html", "<html>Welcome</html>", "is no dispatcher. It answered with text/html")]
    [InlineData(200, "application/json", "{}", "is no dispatcher. It answered with application/json")]
    [InlineData(503, "text/html", "<html>busy</html>", "answered 503. It is tried again.")]
    [InlineData(503, "application/problem+json", "{\"detail\":\"Too many watchers.\"}", "answered 503. Too many watchers.")]
    [InlineData(500, "application/problem+json", "no JSON", "answered 500. It is tried again.")]
    [InlineData(401, "text/plain", "", "answered 401. It needs a token, or another one.")]
    [InlineData(403, "text/plain", "", "answered 403. It does not let this client watch.")]
    [InlineData(404, "text/plain", "", "answered 404. There is no dispatcher at this address.")]
    public async Task F89_answer_that_is_no_stream_is_an_error_and_keeps_the_set(int status, string type, string body, string failure)
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow("service-b-0", "service-b-0 service-b-1");
        ScriptedExchange first = await OpenAsync(api);
        await first.SendAsync(Snapshot("x", 1, 0) + Source("x-1-live"));
        await rig.UntilLiveAsync("service-b-0");
        first.Cut();

        await (await api.NextAsync(Token)).AnswerAsync(status, body, type);

        string said = await rig.UntilFailureAsync(failure);
        Assert.StartsWith(api.Address.ToString(), said, StringComparison.Ordinal);
        Assert.Single(rig.Current.Endpoints);
        await (await OpenAsync(api)).SendAsync(Snapshot("x", 2, 0, 1) + Source("x-2-live"));
        await rig.UntilLiveAsync("service-b-0 service-b-1");
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Redirect_is_not_followed_and_names_where_it_leads()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()], new RemoteEndpointSourceOptions { Token = "secret" })
            .Follow("service-b-0");

        await (await api.NextAsync(Token)).AnswerAsync(302, "", "text/plain", ("Location", "http://elsewhere.test/"));

        await rig.UntilFailureAsync("answered 302. It redirects to http://elsewhere.test/.");
        await (await OpenAsync(api)).SendAsync(Snapshot("x", 1, 0) + Source("x-1-live"));
        await rig.UntilLiveAsync("service-b-0");
        await rig.FinishAsync();
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("31536000", 31_536_000)]
    public async Task Asked_wait_is_kept_up_to_5_minutes(string asked, int seconds)
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow("service-b-0");
        await (await api.NextAsync(Token)).AnswerAsync(503, "", "text/plain", ("Retry-After", asked));
        await rig.UntilFailureAsync("answered 503");

        await (await OpenAsync(api)).SendAsync(Snapshot("x", 1, 0) + Source("x-1-live"));

        await rig.UntilLiveAsync("service-b-0");
        Assert.Equal(TimeSpan.FromSeconds(Math.Min(seconds, 300)), Assert.Single(rig.DirectoryTime.Waits));
        await rig.FinishAsync();
    }

    // Each is an event that does not fit, after a good snapshot of version 3.
    public static TheoryData<string, string> Unusable { get; } = new()
    {
        { "event: snapshot\ndata: {\n\n", "its event 'snapshot' cannot be read" },
        { "event: snapshot\ndata: {}\n\n", "it answers for ''" },
        { "event: snapshot\ndata: []\n\n", "its 'data' is not as expected" },
        { $"event: snapshot\ndata: {{{Head},\"version\":4}}\n\n", "it states no pods" },
        { $"event: snapshot\ndata: {{{Head},\"version\":null,\"endpoints\":[]}}\n\n", "it states no version" },
        { $"event: snapshot\ndata: {{{Head},\"version\":4,\"endpoints\":null}}\n\n", "its 'endpoints' is not as expected" },
        { $"event: snapshot\ndata: {{{Head},\"version\":4,\"endpoints\":[7]}}\n\n", "its 'endpoints' is not as expected" },
        { $"event: snapshot\ndata: {{{Head},\"version\":4,\"endpoints\":[{Pod(0)},{Pod(0)}]}}\n\n", "it states the pod service-b-0 twice" },
        { $"event: snapshot\ndata: {{{Head},\"version\":4,\"endpoints\":[{Pod(0, ordinal: 7)}]}}\n\n", "it states the ordinal 7" },
        { $"event: snapshot\ndata: {{{Head},\"version\":4,\"endpoints\":[{Pod(0, port: 0)}]}}\n\n", "it states the port 0" },
        { $"event: snapshot\ndata: {{{Head},\"version\":4,\"endpoints\":[{Pod(0, port: 70000)}]}}\n\n", "it states the port 70000" },
        { $"event: snapshot\ndata: {{{Head},\"version\":4,\"endpoints\":[{Pod(0, port: 4000)}]}}\n\n", "it states 4000/TCP for" },
        { $"event: snapshot\ndata: {{{Head},\"version\":4,\"endpoints\":[{Pod(0, address: "here")}]}}\n\n", "it states 'here' as an" },
        { $"event: snapshot\ndata: {{{Head},\"version\":4,\"endpoints\":[{{}}]}}\n\n", "it states a pod without a name" },
        { $"event: changes\ndata: {{{Head},\"version\":2,\"changes\":[]}}\n\n", "it goes from version 3 back to 2" },
        { $"event: changes\ndata: {{{Head},\"version\":4}}\n\n", "it states no pods" },
        { $"event: changes\ndata: {{{Head},\"version\":4,\"changes\":[{{}}]}}\n\n", "it states a change of no pod" },
        { "event: source\ndata: {\"state\":7}\n\n", "its 'state' is not as expected" },
        { "event: source\ndata: {\"state\":\"x-3-live\",\"ageSeconds\":-1}\n\n", "it states the age -1" },
        { "event: source\ndata: \u0001\n\n", "its event 'source' cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task F90_event_that_cannot_be_used_is_an_error_and_a_snapshot_helps(string sent, string failure)
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow("service-b-0", "service-b-0 service-b-1");
        ScriptedExchange first = await OpenAsync(api);
        await first.SendAsync(Snapshot("x", 3, 0) + Source("x-3-live"));
        await rig.UntilLiveAsync("service-b-0");

        await first.SendAsync(sent);

        string said = await rig.UntilFailureAsync(failure);
        Assert.Contains("sent something that cannot be used", said, StringComparison.Ordinal);
        Assert.Single(rig.Current.Endpoints);
        ScriptedExchange second = await OpenAsync(api);
        Assert.DoesNotContain("Last-Event-ID", second.Headers.Keys);
        await second.SendAsync(Snapshot("x", 4, 0, 1) + Source("x-4-live"));
        await rig.UntilLiveAsync("service-b-0 service-b-1");
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Changes_before_a_snapshot_are_an_error()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow("service-b-0");

        await (await OpenAsync(api)).SendAsync($"event: changes\ndata: {{{Head},\"version\":4,\"changes\":[]}}\n\n" + Source("x-4-live"));

        await rig.UntilFailureAsync("it sent changes before a snapshot");
        await (await OpenAsync(api)).SendAsync(Snapshot("x", 4, 0) + Source("x-4-live"));
        await rig.UntilLiveAsync("service-b-0");
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Unknown_events_members_and_words_are_passed_over()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow("service-b-0 !web");
        await (await OpenAsync(api)).SendAsync(
            "event: weather\ndata: fine\n\n:\n\ndata: nothing\n\n"
            + $"event: snapshot\ndata: {{\"new\":{{\"a\":[1]}},{Head},\"version\":1,\"endpoints\":[{Pod(0)[..^1]},\"new\":[null]}}],"
            + "\"leftOut\":[{\"pod\":\"web\",\"reason\":\"too-new\",\"detail\":\"a later reason\"}],"
            + "\"warnings\":[{\"kind\":\"too-new\",\"detail\":\"a later kind\"}]}\n\n"
            + "event: source\ndata: {\"new\":1,\"state\":\"x-1-live\",\"ageSeconds\":0.5,\"dispatchers\":[\"x\"],\"reason\":null}\n\n");

        EndpointSnapshot read = await rig.UntilLiveAsync("service-b-0 !web");

        Assert.Equal(new LeftOutPod("web", LeftOutReason.Malformed, "a later reason"), Assert.Single(read.LeftOut));
        await rig.FinishAsync();
    }

    [Fact]
    public async Task State_is_published_only_once_the_source_event_is_there()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow("service-b-0", "service-b-1");
        ScriptedExchange first = await OpenAsync(api);
        await first.SendAsync(Snapshot("x", 1, 0) + Source("x-1-live"));
        await rig.UntilLiveAsync("service-b-0");
        rig.SourceTime.Advance(TimeSpan.FromSeconds(5));

        // The change without its end is not built on: the next connection does not resume.
        await first.SendAsync(Changes(2, Pod(5)));
        first.End();

        ScriptedExchange second = await OpenAsync(api);
        Assert.DoesNotContain("Last-Event-ID", second.Headers.Keys);
        await second.SendAsync(Snapshot("y", 1, 1) + Source("y-1-live"));
        await rig.UntilLiveAsync("service-b-1");
        Assert.Equal(2, rig.Current.Version);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Complete_state_is_resumed_from()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow("service-b-0", "service-b-0 service-b-1");
        ScriptedExchange first = await OpenAsync(api);
        await first.SendAsync(Snapshot("x", 1, 0) + Source("x-1-live"));
        await rig.UntilLiveAsync("service-b-0");
        rig.SourceTime.Advance(TimeSpan.FromSeconds(5));
        first.End();

        ScriptedExchange second = await OpenAsync(api);
        Assert.Equal("x-1-live", second.Headers["Last-Event-ID"]);
        await second.SendAsync(Changes(2, Pod(1)) + Source("x-2-live"));

        await rig.UntilLiveAsync("service-b-0 service-b-1");
        Assert.Empty(rig.Observer.Failures);
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Streams_that_end_at_once_are_failures_with_backoff()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow("service-b-0");
        for (int i = 0; i < 5; i++)
        {
            ScriptedExchange exchange = await OpenAsync(api);
            await exchange.SendAsync(Snapshot("x", 1, 0) + Source("x-1-live"));
            exchange.End();
        }

        await (await OpenAsync(api)).SendAsync(Source("x-1-live"));
        await rig.UntilAsync(v => v.Failure is null && rig.Observer.Failures.Count == 5);

        Assert.All(rig.Observer.Failures, static f => Assert.Contains("broke: it ended the stream", f.Message, StringComparison.Ordinal));
        await rig.FinishAsync();
    }

    [Fact]
    public async Task F88_event_beyond_the_bound_is_an_error()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()], new RemoteEndpointSourceOptions { MaxEventBytes = 64 * 1024 })
            .Follow("service-b-0");
        ScriptedExchange first = await OpenAsync(api);

        // The client leaves in the middle of it.
        await first.SendAsync("event: snapshot\ndata: {\"reason\":\"" + new string('x', 80 * 1024))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        await rig.UntilFailureAsync("it sent an event of more than 65536 bytes");
        await (await OpenAsync(api)).SendAsync(Snapshot("x", 1, 0) + Source("x-1-live"));
        await rig.UntilLiveAsync("service-b-0");
        await rig.FinishAsync();
    }

    [Fact]
    public async Task F88_event_that_comes_byte_by_byte_is_given_up()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        await using RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow("service-b-0");
        ScriptedExchange first = await OpenAsync(api);

        // Never silent for as long as the idle timeout.
        for (int i = 0; i < 6; i++)
        {
            await rig.SourceTime.WaitForTimerAsync(static due => due == TimeSpan.FromSeconds(35), Token);
            rig.SourceTime.Advance(TimeSpan.FromSeconds(20));
            await first.SendAsync(":");
        }

        await rig.UntilFailureAsync("it sent no complete event within 120 s");
        await (await OpenAsync(api)).SendAsync(Snapshot("x", 1, 0) + Source("x-1-live"));
        await rig.UntilLiveAsync("service-b-0");
        await rig.FinishAsync();
    }

    [Fact]
    public async Task Disposal_in_the_middle_of_a_read_is_prompt_and_ends_the_request()
    {
        await using ScriptedApi api = await ScriptedApi.StartAsync();
        RemoteRig rig = new RemoteRig([api.Address.ToString()]).Follow("service-b-0");
        ScriptedExchange open = await OpenAsync(api);
        await open.SendAsync("event: snapshot\ndata: {");

        await rig.DisposeAsync();

        await open.ClientGone.WaitAsync(Wait.Limit, Token);
        Assert.Equal(0, rig.SourceTime.Timers);
    }

    private static async Task<ScriptedExchange> OpenAsync(ScriptedApi api)
    {
        ScriptedExchange exchange = await api.NextAsync(Token);
        Assert.Equal("/v1/watch/k8s-example2/service-b", exchange.Path);
        Assert.Equal("?source", exchange.QueryString);
        await exchange.StartAsync(200, "text/event-stream");
        return exchange;
    }

    private static string Pod(int number, int? ordinal = null, int? port = null, string address = "10.77.0.1") =>
        $"{{\"pod\":\"service-b-{number}\",\"uid\":\"u{number}\",\"ordinal\":{ordinal ?? number},\"addresses\":[\"{address}\"],"
        + $"\"ports\":[{{\"name\":\"\",\"port\":{port ?? 3000 + number},\"protocol\":\"TCP\"}}],\"node\":null,\"zone\":null,"
        + "\"ready\":true,\"serving\":true,\"terminating\":false}";

    private static string Snapshot(string run, int version, params int[] pods) =>
        $"event: snapshot\ndata: {{{Head},\"version\":{version},\"endpoints\":[{string.Join(',', pods.Select(static p => Pod(p)))}],"
        + $"\"leftOut\":[],\"warnings\":[],\"portClashes\":[]}}\nid: {run}-{version}-live-sent\n\n"
        + $"event: mark\ndata: {{\"version\":{version}}}\nid: {run}-{version}-live\n\n";

    private static string Changes(int version, params string[] pods) =>
        $"event: changes\ndata: {{{Head},\"version\":{version},\"changes\":["
        + string.Join(',', pods.Select(static p => $"{{\"kind\":\"joined\",\"pod\":\"\",\"endpoint\":{p}}}")) + "]}\n\n";

    private static string Source(string state) =>
        $"event: source\ndata: {{\"state\":\"{state}\",\"ageSeconds\":0,\"dispatchers\":[\"x\"],\"reason\":null}}\n\n";
}
