using System.Text;
using Berth.Kubernetes.Recordings;

namespace Berth.Kubernetes;

/// <summary>Every recorded list and watch of slices, played through the real HTTP path.</summary>
public sealed class RecordingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("list-3-ready", "service-b", 3, 0)]
    [InlineData("list-260-pods-3-slices", "many", 260, 0)]
    [InlineData("list-empty-selector", "absent", 0, 0)]
    [InlineData("list-named-ports-dual-stack", "rooms", 3, 0)]
    [InlineData("list-second-service-no-hostname", "portless", 3, 0)]
    [InlineData("list-deployment-pods", "lobby", 0, 2)]
    public async Task A_recorded_list(string name, string service, int endpoints, int leftOut)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(service);
        harness.Api.OnList(200, Fixture.Text(name + ".json"));

        EndpointSnapshot snapshot = await harness.ReadAsync();

        Assert.Equal(endpoints, snapshot.Endpoints.Count);
        Assert.Equal(endpoints, snapshot.Available.Count);
        Assert.Equal(leftOut, snapshot.LeftOut.Count);
        Assert.All(snapshot.LeftOut, static e => Assert.Equal(LeftOutReason.NoOrdinal, e.Reason));
        Assert.Equal(Fixture.Text(name + ".request")[4..].Split('?')[0], harness.Api.Requests.First().Path);
    }

    [Fact]
    public async Task Named_ports_and_both_families()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync("rooms", PortScheme.FromService());
        harness.Api.OnList(200, Fixture.Text("list-named-ports-dual-stack.json"));

        EndpointSnapshot snapshot = await harness.ReadAsync();

        Assert.Equal(
            [
                "rooms-5: 10.77.0.1,fd00:77::1 game:4005/UDP,admin:5005/TCP node-0 z0 655db15d-f346-410e-a4e1-79451ec9413e",
                "rooms-6: 10.77.0.3,fd00:77::2 game:4006/UDP,admin:5006/TCP node-2 z2 7bdb52f2-a18b-4dc0-9763-7e536f15b771",
                "rooms-7: 10.77.0.2 game:4007/UDP,admin:5007/TCP node-1 z1 d3c3464f-55ff-4496-9013-e76c08a66e34",
            ],
            snapshot.Endpoints.Select(
                static e => $"{e.Name}: {string.Join(',', e.Addresses)} {string.Join(',', e.Ports)} {e.Node} {e.Zone} {e.Uid}"));
    }

    [Fact]
    public async Task Without_service_ports_there_is_no_base()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync("portless", PortScheme.FromService());
        harness.Api.OnList(200, Fixture.Text("list-second-service-no-hostname.json"));

        Assert.All((await harness.ReadAsync()).LeftOut, static e => Assert.Equal(LeftOutReason.NoServicePort, e.Reason));
    }

    [Fact]
    public async Task Recorded_refusals_are_failures()
    {
        await using SourceHarness harness = await SourceHarness.StartAsync();
        foreach (string name in (string[])["unauthorized", "forbidden-anonymous", "bad-label-selector", "list-version-too-large"])
        {
            harness.Api.OnList(x => x.AnswerAsync(Fixture.Status(name), Fixture.Text(name + ".json")));
            EndpointSourceException failure = await harness.FailAsync();
            Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("watch-life", "service-b", "list-3-ready", false)]
    [InlineData("watch-terminating", "service-b", null, false)]
    [InlineData("watch-too-old", "service-b", null, false)]
    [InlineData("watch-260-scale", "many", "list-260-pods-3-slices", false)]
    [InlineData("watch-life", "service-b", "list-3-ready", true)]
    [InlineData("watch-terminating", "service-b", null, true)]
    [InlineData("watch-too-old", "service-b", null, true)]
    [InlineData("watch-260-scale", "many", "list-260-pods-3-slices", true)]
    public async Task A_recorded_watch_event_by_event(string name, string service, string? list, bool protobuf)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(service, knowsProtobuf: protobuf);
        harness.Api.OnList(200, list is null ? EmptyListBefore(name) : Fixture.Text(list + ".json"));
        await harness.ReadAsync();
        Task<EndpointSnapshot> next = harness.ReadAsync();
        ScriptedExchange watch = await harness.Api.NextAsync(Token);
        await watch.StartAsync();

        RecordedModel model = new(list is null ? null : Fixture.Text(list + ".json"));
        foreach (string line in Encoding.UTF8.GetString(Fixture.Bytes(name + ".jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            model.Apply(line);
            await watch.SendAsync(line + "\n");
            EndpointSnapshot snapshot = await next;
            // A pod that left one of several slices without having terminated is held for a moment.
            while (model.Describe() != RecordedModel.Describe(snapshot))
                snapshot = await harness.ReadAsync();
            next = harness.ReadAsync();
        }
    }

    [Theory]
    [InlineData("watch-life", 1)]
    [InlineData("watch-life", 700)]
    [InlineData("watch-260-scale", 40_000)]
    public async Task A_recorded_watch_in_pieces(string name, int piece)
    {
        string list = name == "watch-life" ? "list-3-ready" : "list-260-pods-3-slices";
        await using SourceHarness harness = await SourceHarness.StartAsync(name == "watch-life" ? "service-b" : "many");
        harness.Api.OnList(200, Fixture.Text(list + ".json"));
        byte[] bytes = Fixture.Bytes(name + ".jsonl");
        harness.Api.OnWatch(async x =>
        {
            await x.StartAsync();
            // One byte at a time for the first events is enough to meet every boundary of a line.
            int small = piece == 1 ? 6000 : 0;
            for (int at = 0; at < small; at++)
                await x.SendAsync(bytes.AsMemory(at, 1));
            for (int at = small; at < bytes.Length; at += Math.Max(piece, 700))
                await x.SendAsync(bytes.AsMemory(at, Math.Min(Math.Max(piece, 700), bytes.Length - at)));
            await x.SendEventAsync("BOOKMARK", Json.Bookmark("99999999"));
        });
        RecordedModel model = new(Fixture.Text(list + ".json"));
        foreach (string line in Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            model.Apply(line);

        EndpointSnapshot last = await harness.ReadUntilAsync(
            s => s.SourceVersion is { Length: > 0 } && model.Describe() == RecordedModel.Describe(s));

        Assert.Equal(model.Describe(), RecordedModel.Describe(last));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_recorded_streaming_list(bool protobuf)
    {
        await using SourceHarness harness = await SourceHarness.StartAsync(
            options: new KubernetesEndpointSourceOptions { StreamingLists = true }, knowsProtobuf: protobuf);
        harness.Api.OnWatch(static async x =>
        {
            await x.StartAsync();
            await x.SendAsync(Fixture.Bytes("watchlist.jsonl"));
        });

        EndpointSnapshot snapshot = await harness.ReadAsync();

        Assert.Equal(["service-b-0", "service-b-1", "service-b-2"], snapshot.Endpoints.Select(static e => e.Name));
        Assert.Equal("856", snapshot.SourceVersion);
        ScriptedExchange request = Assert.Single(harness.Api.Requests);
        Assert.Equal("true", request.Query("sendInitialEvents"));
        Assert.Equal("NotOlderThan", request.Query("resourceVersionMatch"));
    }

    private static string EmptyListBefore(string name) => name == "watch-too-old"
        ? Fixture.Text("list-empty-selector.json").Replace("548", "1", StringComparison.Ordinal)
        : Json.List("895");
}
