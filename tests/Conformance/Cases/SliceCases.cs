using System.Net;
using Berth.Conformance.Backends;
using Berth.Conformance.Discovery;
using Berth.Conformance.Servers;
using Berth.Conformance.Workloads;

namespace Berth.Conformance.Cases;

public sealed class SliceCases(SharedControlPlane shared) : ConformanceCase(shared)
{
    [Theory, MemberData(nameof(Backends))]
    public async Task Dual_stack_pods_are_one_pod_each_with_both_addresses(string name)
    {
        await using Backend backend = await OpenAsync(name);
        await backend.Api.CreateAsync(backend.Slices, Slice.New(
            "game-v4", "game",
            [Slice.Endpoint(backend.Namespace, "game-0", "10.44.0.1"), Slice.Endpoint(backend.Namespace, "game-1", "10.44.0.2")], "IPv4",
            ("echo", 3000)));
        await backend.Api.CreateAsync(backend.Slices, Slice.New(
            "game-v6", "game",
            [Slice.Endpoint(backend.Namespace, "game-0", "fd00:10:44::1"), Slice.Endpoint(backend.Namespace, "game-1", "fd00:10:44::2")],
            "IPv6", ("echo", 3000)));
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointView view = discoverer.Follow("game");
        EndpointSnapshot both = await discoverer.WaitAsync(view, snapshot => snapshot.Endpoints.Count == 2, "Two pods");
        Assert.Equal([IPAddress.Parse("10.44.0.1"), IPAddress.Parse("fd00:10:44::1")], both.Endpoints[0].Addresses);
        Assert.Equal([IPAddress.Parse("10.44.0.2"), IPAddress.Parse("fd00:10:44::2")], both.Endpoints[1].Addresses);
        Assert.Equal("10.44.0.2:3001", both.Endpoints[1].Authority);
        Assert.Empty(both.FindPortClashes());

        await backend.Api.DeleteAsync($"{backend.Slices}/game-v4");
        EndpointSnapshot one = await discoverer.WaitAsync(
            view, snapshot => snapshot.Endpoints is [{ Addresses.Count: 1 }, _], "The family that is left");
        Assert.Equal("[fd00:10:44::2]:3001", one.Endpoints[1].Authority);
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task Unset_conditions_are_those_of_a_ready_pod(string name)
    {
        await using Backend backend = await OpenAsync(name);
        System.Text.Json.Nodes.JsonObject endpoint = Slice.Endpoint(backend.Namespace, "game-0", "10.44.0.1");
        endpoint["conditions"] = new System.Text.Json.Nodes.JsonObject();
        await backend.Api.CreateAsync(backend.Slices, Slice.New("game-slice", "game", [endpoint]));
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointSnapshot snapshot = await discoverer.WaitAsync(
            discoverer.Follow("game"), current => current.Endpoints.Count == 1, "The pod");
        Assert.True(snapshot.Endpoints[0].IsAvailable);
    }
}
