using System.Text.Json.Nodes;
using Berth.Conformance.Backends;
using Berth.Conformance.Discovery;
using Berth.Conformance.Servers;
using Berth.Conformance.Workloads;

namespace Berth.Conformance.Cases;

public sealed class ListCases(SharedControlPlane shared) : ConformanceCase(shared)
{
    [Theory, MemberData(nameof(Backends))]
    public async Task List_names_every_slice_and_a_version_to_watch_from(string name)
    {
        await using Backend backend = await OpenAsync(name);
        long before = VersionOf(await backend.Api.GetAsync(backend.Slices));
        for (int i = 0; i < 3; i++)
        {
            await backend.Api.CreateAsync(backend.Slices, OneOf(backend, i));
        }

        JsonNode list = await backend.Api.GetAsync($"{backend.Slices}?{Slice.Of("game")}");
        Assert.Equal("EndpointSliceList", list["kind"]!.GetValue<string>());
        Assert.Equal("discovery.k8s.io/v1", list["apiVersion"]!.GetValue<string>());
        JsonNode[] items = [.. list["items"]!.AsArray().Select(item => item!)];
        Assert.Equal(["game-slice-0", "game-slice-1", "game-slice-2"], items.Select(NameOf));
        Assert.All(items, item => Assert.InRange(VersionOf(item), before + 1, VersionOf(list)));

        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointSnapshot snapshot = await discoverer.WaitAsync(discoverer.Follow("game"), _ => true, "The first list");
        Assert.Equal(
            ["game-0 10.44.0.1:3000 Ready", "game-1 10.44.0.2:3001 Ready", "game-2 10.44.0.3:3002 Ready"],
            snapshot.Endpoints.Select(endpoint => endpoint.ToString()));
        Assert.All(snapshot.Endpoints, endpoint => Assert.Equal("node-0", endpoint.Node));
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task List_without_slices_is_an_empty_set(string name)
    {
        await using Backend backend = await OpenAsync(name);
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointSnapshot snapshot = await discoverer.WaitAsync(discoverer.Follow("absent"), _ => true, "The first list");
        Assert.Empty(snapshot.Endpoints);
        Assert.False(snapshot.IsStale);
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task Pages_are_one_consistent_list(string name)
    {
        await using Backend backend = await OpenAsync(name);
        for (int i = 0; i < 5; i++)
        {
            await backend.Api.CreateAsync(backend.Slices, OneOf(backend, i));
        }

        JsonNode page = await backend.Api.GetAsync($"{backend.Slices}?limit=2");
        long version = VersionOf(page);
        Assert.Equal(3, page["metadata"]!["remainingItemCount"]!.GetValue<int>());
        await backend.Api.DeleteAsync($"{backend.Slices}/game-slice-3");
        await backend.Api.CreateAsync(backend.Slices, OneOf(backend, 7));
        List<string> names = [.. page["items"]!.AsArray().Select(item => NameOf(item!))];
        while (page["metadata"]!["continue"]?.GetValue<string>() is { Length: > 0 } next)
        {
            page = await backend.Api.GetAsync($"{backend.Slices}?limit=2&continue={Uri.EscapeDataString(next)}");
            Assert.Equal(version, VersionOf(page));
            names.AddRange(page["items"]!.AsArray().Select(item => NameOf(item!)));
        }

        Assert.Equal(["game-slice-0", "game-slice-1", "game-slice-2", "game-slice-3", "game-slice-4"], names);
    }

    /// <summary>Berth asks for pages of 500.</summary>
    [Theory, MemberData(nameof(Backends))]
    public async Task A_list_of_several_pages_is_one_snapshot(string name)
    {
        const int Count = 503;
        await using Backend backend = await OpenAsync(name);
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (i, _) =>
            await backend.Api.CreateAsync(backend.Slices, OneOf(backend, i)));
        JsonNode first = await backend.Api.GetAsync($"{backend.Slices}?limit=500&{Slice.Of("game")}");
        Assert.False(string.IsNullOrEmpty(first["metadata"]!["continue"]?.GetValue<string>()));

        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointView view = discoverer.Follow("game");
        EndpointSnapshot snapshot = await discoverer.WaitAsync(view, _ => true, "The first list");
        Assert.Equal(Enumerable.Range(0, Count), snapshot.Endpoints.Select(endpoint => endpoint.Ordinal!.Value));
        Assert.Equal(1, snapshot.Version);
    }

    private static JsonObject OneOf(Backend backend, int index) =>
        Slice.New(
            $"game-slice-{index}", "game", [Slice.Endpoint(backend.Namespace, $"game-{index}", Slice.Address(index))], "IPv4",
            ("echo", 3000));
}
