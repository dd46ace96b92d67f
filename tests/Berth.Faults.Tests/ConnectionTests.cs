using System.Globalization;
using Berth.Kubernetes.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Faults;

/// <summary>Faults 15 to 17: connections.</summary>
public class ConnectionTests : FaultTest
{
    // Pings use the real clock, and the handler accepts no less than a second. A busy machine must not count as a dead one.
    private static readonly KubernetesApiOptions s_quickPings =
        new() { PingDelay = TimeSpan.FromSeconds(1), PingTimeout = TimeSpan.FromSeconds(5) };

    [Fact]
    public async Task F15_a_half_open_connection_is_noticed_and_replaced()
    {
        await StartAsync(new RigOptions { Relayed = true, Api = s_quickPings }, Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await UntilAsync(Slices.State(1));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("105")));
        int before = Rig.Relay!.Accepted;
        Rig.Relay.SilenceTheseConnections();
        // This is said, and never arrives.
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "106"));

        ScriptedExchange again = await ResumeAsync("105", "106");
        Assert.True(Rig.Relay.Accepted > before, "There was no new connection.");
        Assert.NotEqual(watch.ConnectionId, again.ConnectionId);
        Assert.Equal("HTTP/2", watch.Protocol);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1")]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2")]
    public async Task F15_host_gone_from_the_network_is_noticed_and_connection_replaced(
        HttpProtocols protocols, string spoken)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux lets a socket drop what comes in.");
        // HTTP/1.1 has no ping: only the probes of TCP tell, and the kernel takes whole seconds.
        await StartAsync(new RigOptions { Relayed = true, Protocols = protocols, Api = s_quickPings }, Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("105")));
        int before = Rig.Relay!.Accepted;
        Rig.Relay.Vanish();
        // This is said, and never arrives.
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "106"));

        ScriptedExchange again = await ResumeAsync("105", "106");
        Assert.True(Rig.Relay.Accepted > before, "There was no new connection.");
        Assert.NotEqual(watch.ConnectionId, again.ConnectionId);
        Assert.Equal(spoken, watch.Protocol);
        Assert.All(Rig.RestartCauses, static cause => Assert.Equal("broken", cause));
        // One restart is silent. Only further ones, on a machine that stood still, may count as failures.
        Assert.NotEmpty(Rig.RestartCauses);
        if (Rig.RestartCauses.Count == 1)
            Assert.Empty(Observer.Failures);
    }

    [Fact]
    public async Task F15_host_that_accepts_connections_but_is_silent_is_abandoned()
    {
        // On the real clock. Before and after the silence, a connection that takes longer is only tried again.
        KubernetesApiOptions quick = new() { ConnectTimeout = TimeSpan.FromSeconds(1) };
        await StartAsync(new RigOptions { Relayed = true, Api = quick }, Slices.State(2), Slices.State(1));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(2, "100"));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("105")));
        Rig.Relay!.Swallows = true;
        Rig.Relay.Cut();
        EndpointSnapshot stale = await UntilStaleAsync();
        Assert.Equal(2, stale.Available.Count);
        Assert.Contains("not made in time", stale.StaleReason, StringComparison.Ordinal);
        Rig.Relay.Swallows = false;
        ScriptedExchange again = await WatchAsync("105");
        await again.SendEventAsync("MODIFIED", Slices.Of(1, "106"));
        await UntilAsync(Slices.State(1));
    }

    [Fact]
    public void F15_the_default_times_bound_a_silence_below_45_seconds()
    {
        KubernetesApiOptions options = new();
        TimeSpan smaller = options.PingDelay < options.PingTimeout ? options.PingDelay : options.PingTimeout;

        // The handler looks every quarter of the smaller one, so each of the two steps can be late by that. TCP keep-alive, for HTTP/1.1,
        // has the same times.
        Assert.InRange(options.PingDelay + options.PingTimeout + (2 * (smaller / 4)), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(45));
    }

    [Fact]
    public async Task F16_GOAWAY_during_a_watch_moves_it_at_the_same_version()
    {
        await StartAsync(new RigOptions { Framed = true }, Slices.State(1), Slices.State(2), Slices.State(3));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("107")));
        // The client has the GOAWAY before the event. Kestrel, asked to close, would send it at some later moment.
        await Rig.Frames!.GoAwayAsync(lastStream: int.MaxValue);
        // Open connections continue until the server ends them.
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "108"));
        await UntilAsync(Slices.State(2));
        watch.End();
        ScriptedExchange again = await WatchAsync("108");
        await again.SendEventAsync("MODIFIED", Slices.Of(3, "109"));
        await UntilAsync(Slices.State(3));

        Assert.NotEqual(watch.ConnectionId, again.ConnectionId);
        Assert.Single(Api.Requests, static r => !r.IsWatch);
        Assert.Empty(Observer.Failures);
        Assert.Equal("HTTP/2", again.Protocol);
    }

    [Fact]
    public async Task F16_GOAWAY_below_the_stream_of_the_watch_resumes_at_the_same_version()
    {
        await StartAsync(new RigOptions { Framed = true }, Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark("107")));
        // The list was stream 1; the watch, stream 3, is no longer taken care of, although it was answered.
        await Rig.Frames!.GoAwayAsync(lastStream: 1);
        ScriptedExchange again = await WatchAsync("107");
        await again.SendEventAsync("MODIFIED", Slices.Of(2, "108"));
        await UntilAsync(Slices.State(2));

        Assert.NotEqual(watch.ConnectionId, again.ConnectionId);
        Assert.Equal(2, Rig.Frames.Accepted);
        Assert.Single(Api.Requests, static r => !r.IsWatch);
        Assert.Equal(["broken"], Rig.RestartCauses);
        Assert.Empty(Observer.Failures);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task F16_request_refused_by_GOAWAY_is_sent_again_without_a_failure(bool onWatch)
    {
        await BuildAsync(new RigOptions { Framed = true }, Slices.State(1), Slices.State(2));
        Rig.Frames!.RefusesNext = !onWatch;
        Rig.Follow();
        ScriptedExchange list = await Api.NextAsync(Token);
        Rig.Frames.RefusesNext = onWatch;
        await ConfirmedAsync(() => list.AnswerAsync(200, Slices.List(1, "100")));
        ScriptedExchange watch = await WatchAsync("100");
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "101"));
        await UntilAsync(Slices.State(2));

        Assert.Equal(1, Rig.Frames.Refused);
        Assert.Equal(2, Rig.Frames.Accepted);
        Assert.Equal(onWatch, list.ConnectionId != watch.ConnectionId);
        Assert.Equal(2, Api.Requests.Count);
        Assert.Empty(Rig.RestartCauses);
        Assert.Empty(Observer.Failures);
    }

    [Fact]
    public async Task F16_GOAWAY_with_a_close_right_after_resumes_at_the_same_version()
    {
        await StartAsync(new RigOptions { Relayed = true }, Slices.State(1), Slices.State(2));
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(1, "100"));
        for (int i = 1; i <= 3; i++)
        {
            await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark($"{100 + i}")));
            ScriptedExchange before = watch;
            watch = await ReopenAsync($"{100 + i}", () =>
            {
                before.GoAway();
                Rig.Relay!.Cut(reset: i % 2 == 0);
            });
        }

        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "108"));
        await UntilAsync(Slices.State(2));
        Assert.Single(Api.Requests, static r => !r.IsWatch);
        Assert.Equal(2, Observer.Published.Count);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2)]
    [InlineData(HttpProtocols.Http1)]
    public async Task F17_rolling_restart_of_API_servers_causes_no_flapping_and_no_storm(HttpProtocols protocols)
    {
        await StartAsync(new RigOptions { Relayed = true, Protocols = protocols }, Slices.State(3), Slices.State(2));
        ScriptedApi[] servers = [Api, await Rig.AddServerAsync(), await Rig.AddServerAsync()];
        ScriptedExchange watch = await ListAndWatchAsync(Slices.List(3, "100"));
        for (int restart = 1; restart <= 9; restart++)
        {
            await ConfirmedAsync(() => watch.SendEventAsync("BOOKMARK", Json.Bookmark($"{100 + restart}")));
            ScriptedApi next = servers[restart % servers.Length];
            // For a moment no server answers; every third one says goodbye first.
            Rig.Relay!.TurnsAway = restart % 2 == 0;
            int failures = Observer.Failures.Count;
            Rig.Upstream = next;
            if (restart % 3 == 0)
                watch.End();
            else
                Rig.Relay.Cut(reset: restart % 2 == 0);
            if (Rig.Relay.TurnsAway)
            {
                if (restart % 3 == 0)
                    Rig.Relay.Cut();
                await Wait.ForAsync(() => Observer.Failures.Count >= failures + 3, Token);
                Rig.Relay.TurnsAway = false;
            }
            else if (restart % 3 == 0)
            {
                Rig.Relay.Cut();
            }

            // Between the end of a watch and the cut, the client may have sent its next request to the server that goes away. That server
            // is back now, and the request of then has an older version and no connection.
            do
            {
                watch = await next.NextAsync(Token);
                Assert.True(watch.IsWatch, $"Restart {restart} led to {watch.QueryString}.");
            }
            while (int.Parse(watch.Query("resourceVersion")!, CultureInfo.InvariantCulture) < 100 + restart);

            Assert.Equal($"{100 + restart}", watch.Query("resourceVersion"));
            await ConfirmedAsync(() => watch.StartAsync());
            await UntilLiveAsync();
        }

        Assert.Single(Observer.Published);
        Assert.Single(servers.SelectMany(static s => s.Requests), static r => !r.IsWatch);
        await watch.SendEventAsync("MODIFIED", Slices.Of(2, "200"));
        await UntilAsync(Slices.State(2));
    }

    /// <summary>
    /// Takes the watch that resumes at a version, and sends it two pods at the next version until they are shown. A machine that stands
    /// still for the time of a ping loses this watch too: the client then opens another.
    /// </summary>
    private async Task<ScriptedExchange> ResumeAsync(string version, string next)
    {
        Task<EndpointSnapshot> shown = UntilAsync(Slices.State(2));
        ScriptedExchange watch = await WatchAsync(version);
        while (true)
        {
            if (watch.Query("resourceVersion") == version)
                await watch.SendEventAsync("MODIFIED", Slices.Of(2, next));
            if (await Task.WhenAny(shown, watch.ClientGone) == shown)
            {
                await shown;
                return watch;
            }

            watch = await Api.NextAsync(Token);
            Assert.Contains(watch.Query("resourceVersion"), new[] { version, next });
            // After two watches without an event the client lists.
            if (watch.IsWatch)
                await watch.StartAsync();
            else if (watch.Query("resourceVersion") == version)
                await watch.AnswerAsync(200, Slices.List(1, version));
            else
                await watch.AnswerAsync(200, Slices.List(2, next));
        }
    }
}
