using System.Text.Json.Nodes;
using Berth.Conformance.Api;
using Berth.Conformance.Backends;
using Berth.Conformance.Discovery;
using Berth.Conformance.Servers;
using Berth.Conformance.Workloads;
using Berth.TestKit;

namespace Berth.Conformance.Cases;

public sealed class WatchCases(SharedControlPlane shared) : ConformanceCase(shared)
{
    [Theory, MemberData(nameof(Backends))]
    public async Task Watch_tells_what_was_added_modified_and_deleted(string name)
    {
        await using Backend backend = await OpenAsync(name);
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointView view = discoverer.Follow("game");
        await discoverer.WaitAsync(view, snapshot => snapshot.Endpoints.Count == 0, "An empty set");
        long from = VersionOf(await backend.Api.GetAsync(backend.Slices));
        await backend.Api.CreateAsync(backend.Slices, Game(backend, ready: true));
        await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 1, "The pod is available");
        await backend.Api.ReplaceAsync($"{backend.Slices}/game-slice", Game(backend, ready: false));
        await discoverer.WaitAsync(view, snapshot => snapshot is { Endpoints.Count: 1, Available.Count: 0 }, "The pod is not ready");
        await backend.Api.DeleteAsync($"{backend.Slices}/game-slice");
        await discoverer.WaitAsync(view, snapshot => snapshot.Endpoints.Count == 0, "The pod is gone");

        List<JsonNode> events = await ReadAsync(backend, $"{Slice.Of("game")}&resourceVersion={from}&timeoutSeconds=30", wanted: 3);
        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], events.Select(TypeOf));
        Assert.All(events, happened => Assert.Equal("game-slice", NameOf(happened["object"]!)));
        long[] versions = [from, .. events.Select(happened => VersionOf(happened["object"]!))];
        Assert.Equal(versions.Order().Distinct(), versions);
        // A deletion has its own version, and contains the last state of the object.
        Assert.False(events[2]["object"]!["endpoints"]![0]!["conditions"]!["ready"]!.GetValue<bool>());
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task A_slice_that_changes_its_service_leaves_the_one_and_joins_the_other(string name)
    {
        await using Backend backend = await OpenAsync(name);
        await backend.Api.CreateAsync(backend.Slices, Game(backend, ready: true));
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointView old = discoverer.Follow("game");
        EndpointView other = discoverer.Follow("other");
        await discoverer.WaitAsync(old, snapshot => snapshot.Available.Count == 1, "The pod is in the one");
        await discoverer.WaitAsync(other, snapshot => snapshot.Endpoints.Count == 0, "and not in the other");
        long from = VersionOf(await backend.Api.GetAsync(backend.Slices));
        JsonObject labels = new() { ["kubernetes.io/service-name"] = "other" };
        await backend.Api.MergeAsync(
            $"{backend.Slices}/game-slice", new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels } });
        await discoverer.WaitAsync(old, snapshot => snapshot.Endpoints.Count == 0, "It left the one");
        await discoverer.WaitAsync(other, snapshot => snapshot.Available.Count == 1, "It joined the other");
        Assert.Equal(
            "DELETED",
            TypeOf(Assert.Single(await ReadAsync(backend, $"{Slice.Of("game")}&resourceVersion={from}&timeoutSeconds=30", wanted: 1))));
        Assert.Equal(
            "ADDED",
            TypeOf(Assert.Single(await ReadAsync(backend, $"{Slice.Of("other")}&resourceVersion={from}&timeoutSeconds=30", wanted: 1))));
    }

    /// <summary>
    /// A server sends one shortly before the end of a watch, so that the next can begin where nothing is missed. kube-apiserver does where
    /// others wrote something during the watch; while nothing is written at all, it says nothing.
    /// </summary>
    [Theory, MemberData(nameof(Backends))]
    public async Task A_bookmark_comes_before_the_servers_timeout(string name)
    {
        await using Backend backend = await OpenAsync(name);
        await backend.Api.CreateAsync(backend.Slices, Game(backend, ready: true));
        long from = VersionOf(await backend.Api.GetAsync(backend.Slices));
        async Task WriteOtherAsync()
        {
            await backend.Api.CreateAsync(
                backend.Slices, Slice.New("other-slice", "other", [Slice.Endpoint(backend.Namespace, "other-0", Slice.Address(7))]));
            await backend.Api.DeleteAsync($"{backend.Slices}/other-slice");
        }

        // Once before the watch too, so that it has a later version to tell of even if it ends before the next write.
        await WriteOtherAsync();
        Task<List<JsonNode>> reading = ReadAsync(
            backend, $"{Slice.Of("game")}&resourceVersion={from}&allowWatchBookmarks=true&timeoutSeconds=5", wanted: int.MaxValue);
        await Wait.UntilAsync(
            async () =>
            {
                await WriteOtherAsync();
                return reading.IsCompleted;
            },
            static ended => ended,
            backend.Patience,
            "The end of the watch, while others write",
            TestContext.Current.CancellationToken);
        List<JsonNode> events = await reading;
        Assert.NotEmpty(events);
        Assert.All(events, happened =>
        {
            Assert.Equal("BOOKMARK", TypeOf(happened));
            Assert.Equal("EndpointSlice", happened["object"]!["kind"]!.GetValue<string>());
            Assert.InRange(VersionOf(happened["object"]!), from + 1, long.MaxValue);
            Assert.Null(happened["object"]!["metadata"]!["name"]);
        });
        List<JsonNode> unasked = await ReadAsync(
            backend, $"{Slice.Of("game")}&resourceVersion={from}&timeoutSeconds=5", wanted: int.MaxValue);
        Assert.Empty(unasked);
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task A_streaming_list_ends_with_its_bookmark(string name)
    {
        await using Backend backend = await OpenAsync(name);
        await backend.Api.CreateAsync(backend.Slices, Game(backend, ready: true));
        string query =
            $"{Slice.Of("game")}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=" +
            "&allowWatchBookmarks=true&timeoutSeconds=30";
        List<JsonNode> events;
        try
        {
            events = await ReadAsync(backend, query, wanted: 2);
        }
        catch (ApiRefusal exception) when (exception.Code is 400 or 422)
        {
            Assert.Skip($"This server has no streaming lists (KEP-3157): {exception.Status["message"]}");
            return;
        }

        Assert.Equal(["ADDED", "BOOKMARK"], events.Select(TypeOf));
        Assert.Equal("true", events[1]["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>());

        await using Discoverer discoverer = await Discoverer.StartAsync(backend, streamingLists: true);
        EndpointView view = discoverer.Follow("game");
        EndpointSnapshot snapshot = await discoverer.WaitAsync(view, _ => true, "The first list, streamed");
        Assert.Equal("game-0 10.44.0.1:3000 Ready", Assert.Single(snapshot.Endpoints).ToString());
        await backend.Api.DeleteAsync($"{backend.Slices}/game-slice");
        await discoverer.WaitAsync(view, current => current.Endpoints.Count == 0, "The same watch goes on");
    }

    private static JsonObject Game(Backend backend, bool ready) =>
        Slice.New("game-slice", "game", [Slice.Endpoint(backend.Namespace, "game-0", Slice.Address(0), ready)], "IPv4", ("echo", 3000));

    private static string TypeOf(JsonNode happened) => happened["type"]!.GetValue<string>();

    private static async Task<List<JsonNode>> ReadAsync(Backend backend, string query, int wanted)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(backend.Patience);
        List<JsonNode> events = [];
        await foreach (JsonNode happened in backend.Api.WatchAsync($"{backend.Slices}?watch=true&{query}", limit.Token))
        {
            events.Add(happened);
            if (events.Count == wanted)
            {
                break;
            }
        }

        return events;
    }
}
