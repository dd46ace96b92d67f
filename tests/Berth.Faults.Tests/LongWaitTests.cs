using System.Globalization;

namespace Berth.Faults;

/// <summary>
/// Fault 58: the server asks for a wait that is longer than a timer holds, or longer than five minutes, in each form and on each watch.
/// </summary>
public class LongWaitTests : FaultTest
{
    private const string Year = "31536000";

    private static readonly TimeSpan s_max = TimeSpan.FromMinutes(5);

    // Half of the first delay up to the whole.
    private static readonly TimeSpan s_minDefault = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_maxDefault = TimeSpan.FromMilliseconds(200);

    /// <summary>The form, the server's answer, and the seconds to wait; 0 for the delay of the policy.</summary>
    public static TheoryData<string, string, int> Forms => new()
    {
        { "header", "40", 40 },
        { "header", "3600", 300 },
        { "header", "4294968", 300 },
        { "header", Year, 300 },
        { "header", "2147483648", 300 },
        { "header", "99999999999999999999", 300 },
        { "header", "-5", 0 },
        { "header", "0", 0 },
        { "date", "40", 40 },
        { "date", Year, 300 },
        { "status", Year, 300 },
        { "event", "40", 40 },
        { "event", "3600", 300 },
        { "event", Year, 300 },
        { "event", "99999999999", 300 },
        { "event", "-5", 0 },
        { "event", "0", 0 },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task F58_long_wait_asked_of_a_targets_own_watch_is_capped(string form, string value, int seconds)
    {
        await StartAsync(Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await RefuseAsync(watch, Api.NextAsync, form, value);
        ScriptedExchange again = await WatchAsync("100");
        await again.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));

        AssertWait(seconds, Assert.Single(Rig.DirectoryTime.Waits));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task F58_long_wait_asked_of_the_node_watch_is_capped(string form, string value, int seconds)
    {
        await StartAsync(new RigOptions { AddressMode = AddressMode.External }, Slices.State(2));
        ScriptedExchange nodes = await Api.NextNodesAsync(Token);
        await nodes.AnswerAsync(200, Json.NodeList("50", Json.Node("node-0", "1", ("ExternalIP", "203.0.113.1"))));
        await ListAndWatchAsync(Slices.List(2, "100"));
        ScriptedExchange watch = await Api.NextNodesAsync(Token);
        await watch.StartAsync();
        await UntilAsync(Slices.State(2));
        // A watch of slices whose head has not arrived would end during the wait of the nodes.
        await OpenedAsync();
        await OpenedAsync();
        await RefuseAsync(watch, Api.NextNodesAsync, form, value);
        await UntilStaleAsync();
        await SleepAsync(seconds);
        ScriptedExchange again = await Api.NextNodesAsync(Token);
        Assert.Equal("50", again.Query("resourceVersion"));
        await again.StartAsync();
        await again.SendEventAsync("MODIFIED", Json.Node("node-0", "51", ("ExternalIP", "203.0.113.9")));
        await Rig.UntilAsync(static v => v.Current is { IsStale: false } current && current.Endpoints[0].Authority == "203.0.113.9:3000");

        await Observer.Log.LoggedAsync(212, 1, Token);
        await Observer.Log.LoggedAsync(213, 1, Token);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task F58_long_wait_asked_of_a_shared_watch_is_capped(string form, string value, int seconds)
    {
        await BuildAsync(null, Slices.State(1), Slices.State(2));
        IEndpointStream[] others = [.. Enumerable.Range(0, 8).Select(OpenOther)];
        Rig.Follow();
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        Assert.Null(watch.Query("labelSelector"));
        foreach (IEndpointStream other in others)
            await ReadAsync(other);
        Task<EndpointSnapshot>[] failing = [.. others.Select(ReadAsync)];
        await RefuseAsync(watch, Api.NextAsync, form, value);
        await UntilStaleAsync();
        foreach (Task<EndpointSnapshot> other in failing)
            await Assert.ThrowsAsync<EndpointSourceException>(() => other);
        Task<EndpointSnapshot>[] recovering = [.. others.Select(ReadAsync)];
        await SleepAsync(seconds);
        ScriptedExchange again = await WatchAsync("100");
        await again.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));
        await Task.WhenAll(recovering);

        foreach (IEndpointStream other in others)
            await other.DisposeAsync();
    }

    private static Task<EndpointSnapshot> ReadAsync(IEndpointStream stream) =>
        stream.ReadAsync(Token).AsTask().WaitAsync(Wait.Limit, Token);

    private static void AssertWait(int seconds, TimeSpan wait)
    {
        if (seconds == 0)
            Assert.InRange(wait, s_minDefault, s_maxDefault);
        else
            Assert.Equal(TimeSpan.FromSeconds(seconds), wait);
    }

    private IEndpointStream OpenOther(int number) =>
        Rig.Source.Open(new ServiceTarget(TestPods.Target.Namespace, $"other-{number}"), TestPods.Ports);

    /// <summary>Ends an open watch: with an ERROR event, or cut and the next one refused with 429.</summary>
    private async Task RefuseAsync(ScriptedExchange watch, Func<CancellationToken, Task<ScriptedExchange>> next, string form, string value)
    {
        string status = Json.Status(429, "TooManyRequests", "slow down", form is "status" or "event" ? 7 : null)
            .Replace("\"retryAfterSeconds\":7", $"\"retryAfterSeconds\":{value}", StringComparison.Ordinal);
        if (form == "event")
        {
            await watch.SendEventAsync("ERROR", status);
            return;
        }

        watch.Cut();
        ScriptedExchange refused = await next(Token);
        (string, string)[] header = form switch
        {
            "header" => [("Retry-After", value)],
            "date" =>
                [("Retry-After", Rig.SourceTime.GetUtcNow().AddSeconds(int.Parse(value, CultureInfo.InvariantCulture))
                    .ToString("R", CultureInfo.InvariantCulture))],
            _ => [],
        };
        await refused.AnswerAsync(429, status, headers: header);
    }

    /// <summary>Waits until a loop of the source sleeps for this long, and lets the time pass.</summary>
    private async Task SleepAsync(int seconds)
    {
        TimeSpan wait = seconds == 0
            ? await Rig.SourceTime.WaitForTimerAsync(static due => due >= s_minDefault && due <= s_maxDefault, Token)
            : await Rig.SourceTime.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(seconds), Token);
        Assert.InRange(wait, TimeSpan.Zero, s_max);
        Rig.SourceTime.Advance(wait);
    }
}
