using System.Text.Json.Nodes;
using Berth.Conformance.Backends;
using Berth.Conformance.Discovery;
using Berth.Conformance.Servers;
using Berth.Conformance.Workloads;

namespace Berth.Conformance.Cases;

public sealed class WorkloadCases(SharedControlPlane shared) : ConformanceCase(shared)
{
    [Theory, MemberData(nameof(Backends))]
    public async Task Three_hundred_pods_in_several_slices_are_one_set(string name)
    {
        await using Backend backend = await OpenAsync(name, Needs.ManyPods);
        Workload workload = new(300);
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointView view = discoverer.Follow(workload.Name);
        await backend.RunAsync(workload);
        EndpointSnapshot all = await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 300, "300 pods");
        IReadOnlyList<JsonNode> slices = await backend.Api.ItemsAsync($"{backend.Slices}?{Slice.Of(workload.Name)}");
        Assert.InRange(slices.Count, 3, 300);
        Assert.All(slices, slice => Assert.InRange(slice["endpoints"]!.AsArray().Count, 1, 100));
        await AssertAsTheApiSaysAsync(backend, all, workload.Pods);
        Assert.Equal(Enumerable.Range(3000, 300), all.Endpoints.Select(endpoint => endpoint.Port));

        await backend.ScaleAsync(workload, 120);
        EndpointSnapshot fewer = await discoverer.WaitAsync(view, snapshot => snapshot.Endpoints.Count == 120, "120 pods");
        Assert.Equal(workload.Pods.Take(120), fewer.Endpoints.Select(endpoint => endpoint.Name));
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task Named_ports_of_the_service_are_the_bases(string name)
    {
        await using Backend backend = await OpenAsync(name);
        Workload workload = new(2) { Ports = [("game", 3000), ("admin", 4000)] };
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        await backend.RunAsync(workload);
        EndpointSnapshot all = await discoverer.WaitAsync(
            discoverer.Follow(workload.Name, PortScheme.FromService()), snapshot => snapshot.Available.Count == 2, "Two pods");
        Assert.All(all.Endpoints, endpoint =>
        {
            Assert.Equal(3000 + endpoint.Ordinal, endpoint.FindPort("game")!.Value.Number);
            Assert.Equal(4000 + endpoint.Ordinal, endpoint.FindPort("admin")!.Value.Number);
        });
        EndpointSnapshot one = await discoverer.WaitAsync(
            discoverer.Follow(workload.Name, PortScheme.FromService("admin", stride: 10)), snapshot => snapshot.Available.Count == 2,
            "Two pods, by one port");
        Assert.Equal([4000, 4010], one.Endpoints.Select(endpoint => endpoint.Port));
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task Ordinals_start_where_the_stateful_set_says(string name)
    {
        await using Backend backend = await OpenAsync(name);
        Workload workload = new(2) { FirstOrdinal = 5 };
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        await backend.RunAsync(workload);
        EndpointSnapshot all = await discoverer.WaitAsync(
            discoverer.Follow(workload.Name), snapshot => snapshot.Available.Count == 2, "Two pods");
        Assert.Equal(["service-b-5", "service-b-6"], all.Endpoints.Select(endpoint => endpoint.Name));
        Assert.Equal([3005, 3006], all.Endpoints.Select(endpoint => endpoint.Port));
        await AssertAsTheApiSaysAsync(backend, all, workload.Pods);
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task Terminating_pod_is_shown_but_not_picked_and_is_then_replaced(string name)
    {
        await using Backend backend = await OpenAsync(name, Needs.Processes);
        Workload workload = new(2);
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        EndpointView view = discoverer.Follow(workload.Name);
        await backend.RunAsync(workload);
        EndpointSnapshot before = await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 2, "Two pods");
        await backend.BeginDeletionAsync(workload, "service-b-1");
        EndpointSnapshot draining = await discoverer.WaitAsync(
            view, snapshot => snapshot.FindByOrdinal(1) is { Terminating: true }, "The pod is terminating");
        Assert.Equal("service-b-0", Assert.Single(draining.Available).Name);
        PodEndpoint leaving = draining.FindByOrdinal(1)!;
        Assert.False(leaving.Ready);
        Assert.Equal(before.FindByOrdinal(1)!.Uid, leaving.Uid);
        // It still answers those who are with it already.
        Assert.Equal(PodState.Draining, leaving.State);

        await backend.FinishDeletionAsync(workload, "service-b-1");
        EndpointSnapshot after = await discoverer.WaitAsync(view, snapshot => snapshot.Available.Count == 2, "The pod's successor");
        Assert.NotEqual(leaving.Uid, after.FindByOrdinal(1)!.Uid);
        await AssertAsTheApiSaysAsync(backend, after, workload.Pods);
    }

    [Theory, MemberData(nameof(Backends))]
    public async Task A_second_service_has_no_hostnames_and_the_same_pods(string name)
    {
        await using Backend backend = await OpenAsync(name);
        Workload workload = new(2) { SecondService = "service-b-public" };
        await using Discoverer discoverer = await Discoverer.StartAsync(backend);
        await backend.RunAsync(workload);
        EndpointSnapshot first = await discoverer.WaitAsync(
            discoverer.Follow(workload.Name), snapshot => snapshot.Available.Count == 2, "Two pods");
        EndpointSnapshot second = await discoverer.WaitAsync(
            discoverer.Follow(workload.SecondService), snapshot => snapshot.Available.Count == 2, "The same two pods");
        Assert.Equal(
            first.Endpoints.Select(endpoint => (endpoint.ToString(), endpoint.Uid)),
            second.Endpoints.Select(endpoint => (endpoint.ToString(), endpoint.Uid)));
        Assert.Equal(["service-b-0", "service-b-1"], (await HostnamesAsync(backend, workload.Name)).Order(StringComparer.Ordinal));
        Assert.All(await HostnamesAsync(backend, workload.SecondService), Assert.Null);
    }

    private static async Task<IReadOnlyList<string?>> HostnamesAsync(Backend backend, string service) =>
    [
        .. (await backend.Api.ItemsAsync($"{backend.Slices}?{Slice.Of(service)}"))
            .SelectMany(slice => slice["endpoints"]!.AsArray()).Select(endpoint => endpoint!["hostname"]?.GetValue<string>()),
    ];

    private static async Task AssertAsTheApiSaysAsync(Backend backend, EndpointSnapshot snapshot, IEnumerable<string> names)
    {
        IReadOnlyDictionary<string, (string Uid, string Address)> pods = await backend.PodsAsync();
        Assert.Equal(names, snapshot.Endpoints.Select(endpoint => endpoint.Name));
        Assert.Empty(snapshot.LeftOut);
        Assert.All(snapshot.Endpoints, endpoint => Assert.Equal(pods[endpoint.Name], (endpoint.Uid, endpoint.Address.ToString())));
    }
}
