using System.Text.Json;
using Berth.Dispatcher.Watching;

namespace Berth.Dispatcher.Tests;

public sealed class WatchTests
{
    [Fact]
    public async Task The_snapshot_comes_first_and_then_each_change()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        using EventStream stream = await EventStream.OpenAsync(fixture);
        (string kind, string firstId, JsonElement whole) = await stream.ReadAsync();
        Assert.Equal("snapshot", kind);
        Assert.Equal(2, whole.GetProperty("endpoints").GetArrayLength());
        Assert.Equal(1, whole.GetProperty("version").GetInt64());
        // An answer that is kept for many clients and sent later has no age.
        Assert.False(whole.TryGetProperty("ageSeconds", out _));

        await fixture.PublishAsync(DispatcherFixture.Pod(0, ready: false), DispatcherFixture.Pod(2));
        (kind, string id, JsonElement changes) = await stream.ReadAsync();

        Assert.Equal("changes", kind);
        Assert.NotEqual(firstId, id);
        Assert.Equal(2, changes.GetProperty("version").GetInt64());
        Assert.Equal(
            ["not-ready service-b-0 10.88.0.10:3000", "left service-b-1 ", "joined service-b-2 10.88.0.10:3002"],
            changes.GetProperty("changes").EnumerateArray().Select(Describe));
        Assert.False(changes.TryGetProperty("leftOut", out _));
    }

    [Fact]
    public async Task Before_the_first_list_the_stream_is_open_and_then_begins()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        using EventStream stream = await EventStream.OpenAsync(fixture);

        await fixture.PublishAsync(DispatcherFixture.Pod(0));

        Assert.Equal("snapshot", (await stream.ReadAsync()).Kind);
    }

    [Fact]
    public async Task Client_that_reconnects_gets_the_missed_changes_as_one_event()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        string id;
        using (EventStream first = await EventStream.OpenAsync(fixture))
            id = (await first.ReadAsync()).Id;
        // Another client keeps watching, so that the hub sees every state.
        using EventStream other = await EventStream.OpenAsync(fixture);
        await other.ReadAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0), DispatcherFixture.Pod(1));
        await other.ReadAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(1), DispatcherFixture.Pod(2));
        await other.ReadAsync();

        using EventStream again = await EventStream.OpenAsync(fixture, id);
        (string kind, string latest, JsonElement changes) = await again.ReadAsync();

        Assert.Equal("changes", kind);
        Assert.Equal(
            ["left service-b-0 ", "joined service-b-1 10.88.0.10:3001", "joined service-b-2 10.88.0.10:3002"],
            changes.GetProperty("changes").EnumerateArray().Select(Describe));

        // With the latest id nothing is repeated: the next event is the next change.
        using EventStream upToDate = await EventStream.OpenAsync(fixture, latest);
        Assert.Equal(":", await upToDate.ReadLineAsync());
        await fixture.PublishAsync(DispatcherFixture.Pod(1));
        (kind, _, changes) = await upToDate.ReadAsync();
        Assert.Equal("changes", kind);
        Assert.Equal(["left service-b-2 "], changes.GetProperty("changes").EnumerateArray().Select(Describe));
    }

    [Theory]
    [InlineData("another-dispatcher-1-live")]
    [InlineData("")]
    public async Task Unknown_id_starts_with_the_whole_snapshot(string id)
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using EventStream stream = await EventStream.OpenAsync(fixture, id);
        Assert.Equal("snapshot", (await stream.ReadAsync()).Kind);
    }

    [Fact]
    public async Task Too_old_id_starts_with_the_whole_snapshot()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using EventStream stream = await EventStream.OpenAsync(fixture);
        string id = (await stream.ReadAsync()).Id;
        for (int i = 1; i <= WatchHub.MaxRecent; i++)
        {
            await fixture.PublishAsync(DispatcherFixture.Pod(i));
            await stream.ReadAsync();
        }

        using EventStream again = await EventStream.OpenAsync(fixture, id);
        Assert.Equal("snapshot", (await again.ReadAsync()).Kind);
    }

    [Fact]
    public async Task Stale_and_live_again_are_sent_without_a_changed_pod()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using EventStream stream = await EventStream.OpenAsync(fixture);
        await stream.ReadAsync();

        fixture.Source.Fail(DispatcherFixture.B, DispatcherFixture.Ports, "The cluster is away.");
        JsonElement stale = (await stream.ReadAsync()).Data;
        Assert.Equal("stale", stale.GetProperty("state").GetString());
        Assert.Equal("The cluster is away.", stale.GetProperty("reason").GetString());
        Assert.Equal(0, stale.GetProperty("changes").GetArrayLength());

        fixture.Source.Confirm(DispatcherFixture.B, DispatcherFixture.Ports);
        JsonElement live = (await fixture.AdvanceUntilAsync(stream.ReadAsync())).Data;
        Assert.Equal("live", live.GetProperty("state").GetString());
        Assert.Equal(1, live.GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task Changed_pods_left_out_are_sent()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using EventStream stream = await EventStream.OpenAsync(fixture);
        await stream.ReadAsync();

        await fixture.Source.PublishAsync(
            fixture.View, [DispatcherFixture.Pod(0)], [new LeftOutPod("web", LeftOutReason.NoOrdinal, "why")],
            DispatcherFixture.Cancelled);

        JsonElement changes = (await stream.ReadAsync()).Data;
        Assert.Equal("""[{"pod":"web","reason":"no-ordinal","detail":"why"}]""", changes.GetProperty("leftOut").GetRawText());
    }

    [Fact]
    public async Task A_quiet_stream_has_heartbeats()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync(DispatcherFixture.Pod(0));
        using EventStream stream = await EventStream.OpenAsync(fixture);
        await stream.ReadAsync();

        for (int i = 0; i < 3; i++)
        {
            // A heartbeat that falls into the moment in which the answer before it is written is skipped: the next one comes.
            Assert.Equal(":", await fixture.AdvanceUntilAsync(stream.ReadLineAsync()));
            Assert.Equal("", await stream.ReadLineAsync());
        }
    }

    [Fact]
    public async Task A_large_set_is_whole_and_on_one_line()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync([.. Enumerable.Range(0, 5_000).Select(static i => DispatcherFixture.Pod(i))]);
        using EventStream stream = await EventStream.OpenAsync(fixture);
        Assert.Equal(5_000, (await stream.ReadAsync()).Data.GetProperty("endpoints").GetArrayLength());
    }

    [Fact]
    public async Task A_slow_client_gets_fewer_events_and_the_same_end()
    {
        const int Pods = 4_000;
        const int Changes = 20;
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.PublishAsync([.. Enumerable.Range(0, Pods).Select(static i => DispatcherFixture.Pod(i))]);
        using EventStream slow = await EventStream.OpenAsync(fixture);
        using EventStream quick = await EventStream.OpenAsync(fixture);
        await slow.ReadAsync();
        await quick.ReadAsync();

        // Each change is about 1.3 MB: far more in all than buffers between the two hold.
        EndpointSnapshot last = null!;
        for (int i = 1; i <= Changes; i++)
        {
            int change = i;
            last = await fixture.PublishAsync([.. Enumerable.Range(0, Pods).Select(p => DispatcherFixture.Pod(p, $"10.88.1.{change}"))]);
            await quick.SkipAsync();
        }

        int events = 0;
        JsonElement data;
        do
        {
            data = (await slow.ReadAsync()).Data;
            events++;
        }
        while (data.GetProperty("version").GetInt64() < last.Version);

        Assert.InRange(events, 1, Changes - 1);
        Assert.Equal(Pods, data.GetProperty("changes").GetArrayLength());
        Assert.Equal($"10.88.1.{Changes}", data.GetProperty("changes")[0].GetProperty("endpoint").GetProperty("address").GetString());
    }

    [Fact]
    public async Task An_unknown_target_and_a_wrong_method_are_problems()
    {
        await using DispatcherFixture fixture = await DispatcherFixture.StartAsync();
        await fixture.GetProblemAsync("/v1/watch/k8s-example2/service-z", 404, "unknown-target");
        await fixture.GetProblemAsync("/v1/watch/K/service-z", 400, "malformed-target");
        await fixture.GetProblemAsync("/v1/watch/k8s-example2/service-b/0", 404, "unknown-route");
        await fixture.GetProblemAsync("/v1/watch/k8s-example2/service-b", 405, "method-not-allowed", HttpMethod.Post);
    }

    private static string Describe(JsonElement change) =>
        $"{change.GetProperty("kind").GetString()} {change.GetProperty("pod").GetString()} " +
        (
            change.GetProperty("endpoint") is { ValueKind: JsonValueKind.Object } endpoint
                ? endpoint.GetProperty("authority").GetString()
                : "");
}
