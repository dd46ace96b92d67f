using System.Text.Json;
using Berth.Dispatcher.Watching;
using Berth.Seats;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Seats;

/// <summary>Seats in the answers of discovery, over real desks.</summary>
public sealed class DiscoverySeatTests
{
    private const string Endpoints = "/v1/endpoints/k8s-example2/service-b";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Endpoints_show_the_seats_of_each_pod_and_their_tag_follows()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 3, hasDesk: static i => i != 1);
        (string tag, JsonElement page) = await GetAsync(cluster, Endpoints);
        Assert.Equal(
            """[{"pod":"service-b-0","desk":"open","capacity":3,"free":3,"reserved":0,"taken":0},{"pod":"service-b-1","desk":"silent"}]""",
            page.GetProperty("seats").GetRawText());
        (string oneTag, JsonElement one) = await GetAsync(cluster, Endpoints + "/0");
        Assert.Equal(3, one.GetProperty("seats").GetProperty("free").GetInt32());

        using SeatSession session = await cluster.TakeAsync();
        await cluster.WaitForAsync(static all => all.GetProperty("taken").GetInt32() == 1);
        (string later, page) = await GetAsync(cluster, Endpoints);
        Assert.Equal((2, 1), (Free(page.GetProperty("seats")[0]), page.GetProperty("seats")[0].GetProperty("taken").GetInt32()));
        Assert.NotEqual(tag, later);
        Assert.NotEqual(oneTag, (await GetAsync(cluster, Endpoints + "/0")).Tag);
        Assert.Equal(later, (await GetAsync(cluster, Endpoints)).Tag);
    }

    [Fact]
    public async Task Address_of_one_pod_comes_with_its_seats()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 3);
        using SeatSession session = await cluster.TakeAsync();
        await cluster.WaitForAsync(static all => all.GetProperty("taken").GetInt32() == 1);
        foreach (string path in new[] { "/", "/?key=room-7", "/?pick=seats" })
        {
            using HttpResponseMessage response = await cluster.Client.GetAsync(path, Cancelled);
            Assert.Equal("127.0.0.1:3000", await response.Content.ReadAsStringAsync(Cancelled));
            Assert.Equal("free=2, taken=1", Assert.Single(response.Headers.GetValues("Berth-Seats")));
        }

        JsonElement picked = (await GetAsync(cluster, Endpoints + "?key=room-7")).Page;
        Assert.Equal((2, "service-b-0"), (Free(picked.GetProperty("seats")), picked.GetProperty("seats").GetProperty("pod").GetString()));
    }

    [Fact]
    public async Task Pick_by_seats_finds_the_pod_with_room_and_none_when_all_is_full()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(3, 1, hasDesk: static i => i != 2);
        cluster.Desks[0]!.Close();
        await cluster.WaitForAsync(static all => all.GetProperty("free").GetInt32() == 1);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("127.0.0.1:3001", await cluster.Client.GetStringAsync("/?pick=seats", Cancelled));
            Assert.Equal("service-b-1", PodOf((await GetAsync(cluster, $"{Endpoints}?pick=seats&key=room-{i}")).Page));
        }

        await cluster.StartDeskAsync(2, 1);
        await cluster.WaitForAsync(static all => all.GetProperty("free").GetInt32() == 2);
        cluster.Desks[1]!.Close();
        cluster.Desks[2]!.Close();
        await cluster.WaitForAsync(static all => all.GetProperty("free").GetInt32() == 0);
        Assert.Equal("", await cluster.Client.GetStringAsync("/?pick=seats", Cancelled));
        (int status, JsonElement problem) = await cluster.SendAsync(new HttpRequestMessage(HttpMethod.Get, Endpoints + "?pick=seats"));
        Assert.Equal((503, "urn:berth:problem:nothing-ready"), (status, problem.GetProperty("type").GetString()));
        Assert.Contains("has a free seat", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        // Without the wish, the server's picker goes by readiness alone.
        Assert.StartsWith("127.0.0.1:", await cluster.Client.GetStringAsync("/", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_desks_do_not_end_picks_by_seats()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 1, picksBySeats: true);
        await cluster.KillDeskAsync(0);
        await cluster.KillDeskAsync(1);
        await cluster.WaitForAsync(static all => all.GetProperty("capacity").GetInt32() == 0);
        using HttpResponseMessage response = await cluster.Client.GetAsync("/", Cancelled);
        Assert.StartsWith("127.0.0.1:", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Berth-Seats"));
    }

    [Fact]
    public async Task Watch_that_asks_for_seats_gets_all_and_then_changes()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(2, 3);
        using StreamReader lines = await OpenAsync(cluster, "?seats", "application/jsonl");
        Assert.Equal("snapshot", (await ReadAsync(lines)).GetProperty("event").GetString());
        JsonElement whole = await ReadAsync(lines);
        Assert.Equal(
            ("seats", "k8s-example2/service-b"),
            (whole.GetProperty("event").GetString(), whole.GetProperty("data").GetProperty("target").GetString()));
        Assert.Equal([3, 3], whole.GetProperty("data").GetProperty("pods").EnumerateArray().Select(Free));
        Assert.False(whole.TryGetProperty("id", out _));

        // One change at a time: a stream that has missed one sends all pods.
        (int status, JsonElement given) = await cluster.ReserveAsync();
        Assert.Equal(201, status);
        JsonElement pod = Assert.Single((await ReadAsync(lines)).GetProperty("data").GetProperty("pods").EnumerateArray().ToArray());
        Assert.Equal(("service-b-0", 1), (pod.GetProperty("pod").GetString(), pod.GetProperty("reserved").GetInt32()));
        using SeatSession session = cluster.Desks[0]!.Redeem(given.GetProperty("ticket").GetString());
        pod = Assert.Single((await ReadAsync(lines)).GetProperty("data").GetProperty("pods").EnumerateArray().ToArray());
        Assert.Equal(("service-b-0", 1), (pod.GetProperty("pod").GetString(), pod.GetProperty("taken").GetInt32()));
        Assert.Equal(2, Free(pod));
    }

    [Fact]
    public async Task Seats_of_a_watch_are_events_without_an_id()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 3);
        using StreamReader lines = await OpenAsync(cluster, "?seats", "text/event-stream");
        while (await lines.ReadLineAsync(Cancelled) != "event: seats")
        {
        }

        const string Pod = """{"pod":"service-b-0","desk":"open","capacity":3,"free":3,"reserved":0,"taken":0}""";
        Assert.Equal(
            """data: {"target":"k8s-example2/service-b","pods":[""" + Pod + "]}", await lines.ReadLineAsync(Cancelled));
        Assert.Equal("", await lines.ReadLineAsync(Cancelled));
    }

    [Fact]
    public async Task Busy_desk_is_one_event_a_second_and_the_last_state_counts()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 1000);
        using StreamReader lines = await OpenAsync(cluster, "?seats", "application/jsonl");
        TimeProvider time = TimeProvider.System;
        long start = time.GetTimestamp();
        for (int i = 0; i < 200; i++)
            await cluster.ReservePodAsync();
        int events = 0;
        JsonElement message;
        do
        {
            message = await ReadAsync(lines);
            events += message.GetProperty("event").GetString() == "seats" ? 1 : 0;
        }
        while (message.GetProperty("event").GetString() != "seats" || Free(message.GetProperty("data").GetProperty("pods")[0]) != 800);
        // The first is at once.
        Assert.InRange(events, 1, 2 + (int)(time.GetElapsedTime(start) / SeatFeed.Pause));
    }

    [Fact]
    public async Task Watch_that_does_not_ask_gets_no_seats()
    {
        await using SeatCluster cluster = await SeatCluster.StartAsync(1, 3);
        using StreamReader plain = await OpenAsync(cluster, "", "application/jsonl");
        using StreamReader asking = await OpenAsync(cluster, "?seats", "application/jsonl");
        JsonElement snapshot = await ReadAsync(plain);
        Assert.False(snapshot.GetProperty("data").TryGetProperty("seats", out _));
        await cluster.ReservePodAsync();
        while ((await ReadAsync(asking)).GetProperty("event").GetString() != "seats")
        {
        }

        await cluster.PublishAsync(static _ => false);
        Assert.Equal("changes", (await ReadAsync(plain)).GetProperty("event").GetString());
    }

    [Fact]
    public async Task Target_without_seats_answers_as_ever()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using HttpResponseMessage root = await fixture.Client.GetAsync("/?pick=seats", Cancelled);
        Assert.False(root.Headers.Contains("Berth-Seats"));
        Assert.NotEqual("", await root.Content.ReadAsStringAsync(Cancelled));
        string page = await fixture.Client.GetStringAsync(Endpoints, Cancelled);
        Assert.EndsWith(",\"leftOut\":[],\"warnings\":[],\"portClashes\":[]}", page, StringComparison.Ordinal);
        Assert.EndsWith("}}", await fixture.Client.GetStringAsync(Endpoints + "?pick=seats", Cancelled), StringComparison.Ordinal);
        using RawStream stream = await RawStream.OpenAsync(fixture, query: "?seats");
        await stream.ReadUntilAsync("event: mark");
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        await stream.ReadUntilAsync("event: changes");
        Assert.DoesNotContain("event: seats", stream.Body, StringComparison.Ordinal);
    }

    private static async Task<StreamReader> OpenAsync(SeatCluster cluster, string query, string type)
    {
        HttpRequestMessage request = new(HttpMethod.Get, "/v1/watch/k8s-example2/service-b" + query);
        request.Headers.TryAddWithoutValidation("Accept", type);
        HttpResponseMessage response = await cluster.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        return new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled));
    }

    /// <summary>Reads the next event of JSON Lines; heartbeats are passed over.</summary>
    private static async Task<JsonElement> ReadAsync(StreamReader lines)
    {
        while (true)
        {
            string line = await lines.ReadLineAsync(Cancelled).AsTask().WaitAsync(Wait.Limit, Cancelled)
                ?? throw new EndOfStreamException();
            using JsonDocument message = JsonDocument.Parse(line);
            if (message.RootElement.GetProperty("event").GetString() != "heartbeat")
                return message.RootElement.Clone();
        }
    }

    private static async Task<(string Tag, JsonElement Page)> GetAsync(SeatCluster cluster, string path)
    {
        using HttpResponseMessage response = await cluster.Client.GetAsync(path, Cancelled);
        using JsonDocument page = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancelled));
        return (response.Headers.ETag?.ToString() ?? "", page.RootElement.Clone());
    }

    private static int Free(JsonElement seats) => seats.GetProperty("free").GetInt32();

    private static string? PodOf(JsonElement page) => page.GetProperty("endpoint").GetProperty("pod").GetString();
}
