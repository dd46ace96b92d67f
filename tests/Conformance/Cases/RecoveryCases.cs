using System.Text.Json.Nodes;
using Berth.Conformance.Api;
using Berth.Conformance.Backends;
using Berth.Conformance.Discovery;
using Berth.Conformance.Servers;
using Berth.Conformance.Workloads;

namespace Berth.Conformance.Cases;

public sealed class RecoveryCases(SharedControlPlane shared) : ConformanceCase(shared)
{
    [Theory, MemberData(nameof(Backends))]
    public async Task Watch_from_before_a_compaction_is_gone_and_a_list_recovers(string name)
    {
        await using Backend backend = await OpenAsync(name, Needs.OwnServer);
        foreach (int index in (int[])[0, 1, 2])
        {
            await backend.Api.CreateAsync(backend.Slices, One(backend, index));
        }

        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointView view = discoverer.Follow("game");
        EndpointSnapshot before = await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 3, "Three pods");
        JsonNode page = await backend.Api.GetAsync($"{backend.Slices}?limit=1");
        discoverer.Relay.Cut();
        await discoverer.WaitForAsync(view, () => view.Failure is not null, "The outage is noticed");
        Assert.Equal(
            before.Endpoints.Select(endpoint => endpoint.ToString()), view.Current!.Endpoints.Select(endpoint => endpoint.ToString()));

        // The client missed one deletion, one new pod, and so many other changes that no server still knows the version of the watch.
        await backend.Api.DeleteAsync($"{backend.Slices}/game-slice-1");
        await backend.Api.CreateAsync(backend.Slices, One(backend, 5));
        await backend.CompactAsync();
        await AssertGoneAsync(backend, VersionOf(page));
        ApiRefusal expired = await Assert.ThrowsAsync<ApiRefusal>(
            () =>
                backend.Api.GetAsync(
                    $"{backend.Slices}?limit=1&continue={Uri.EscapeDataString(page["metadata"]!["continue"]!.GetValue<string>())}"));
        Assert.Equal(410, expired.Code);
        Assert.Equal("Expired", expired.Status["reason"]!.GetValue<string>());

        discoverer.Relay.Restore();
        await discoverer.WaitForAsync(view, () => view.Failure is null, "The source recovers");
        EndpointSnapshot after = await discoverer.WaitAsync(view, snapshot => snapshot.FindByOrdinal(5) is not null, "The new pod");
        Assert.Equal([0, 2, 5], after.Endpoints.Select(endpoint => endpoint.Ordinal!.Value));
        Assert.False(after.IsStale);
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task A_restart_of_the_server_leaves_the_last_snapshot_and_ends_by_itself(string name)
    {
        await using Backend backend = await OpenAsync(name, Needs.OwnServer);
        await backend.Api.CreateAsync(backend.Slices, One(backend, 0));
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointView view = discoverer.Follow("game");
        EndpointSnapshot before = await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 1, "One pod");
        await backend.RestartAsync(async () =>
        {
            await discoverer.WaitForAsync(view, () => view.Failure is not null, "The outage is noticed");
            Assert.True(view.Current!.IsStale);
            Assert.Equal(before.Version, view.Current.Version);
            Assert.Equal("game-0", Assert.Single(view.Current.Available).Name);
        });
        await discoverer.WaitForAsync(view, () => view.Failure is null, "The source recovers");
        Assert.False(view.Current!.IsStale);
        await backend.Api.CreateAsync(backend.Slices, One(backend, 1));
        await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 2, "What comes after the restart");
        await backend.Api.DeleteAsync($"{backend.Slices}/game-slice-0");
        EndpointSnapshot after = await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 1, "and what goes");
        Assert.Equal("game-1", Assert.Single(after.Endpoints).Name);
        Assert.InRange(after.Version, before.Version + 2, long.MaxValue);
    }

    /// <summary>Two forms are right: the status itself, and an ERROR event in a stream that began well.</summary>
    private static async Task AssertGoneAsync(Backend backend, long version)
    {
        JsonNode status;
        try
        {
            JsonNode first = await backend.Api.WatchAsync(
                $"{backend.Slices}?watch=true&resourceVersion={version}&timeoutSeconds=30", Token).FirstAsync(Token);
            Assert.Equal("ERROR", first["type"]!.GetValue<string>());
            status = first["object"]!;
        }
        catch (ApiRefusal exception)
        {
            status = exception.Status;
        }

        Assert.Equal(410, status["code"]!.GetValue<int>());
        Assert.Equal("Expired", status["reason"]!.GetValue<string>());
        Assert.Equal("Failure", status["status"]!.GetValue<string>());
    }

    private static JsonObject One(Backend backend, int index) =>
        Slice.New(
            $"game-slice-{index}", "game", [Slice.Endpoint(backend.Namespace, $"game-{index}", Slice.Address(index))], "IPv4",
            ("echo", 3000));
}
