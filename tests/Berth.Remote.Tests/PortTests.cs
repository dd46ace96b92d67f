using Berth.TestKit;

namespace Berth.Remote.Tests;

/// <summary>The ports of the client's scheme against those that the dispatcher states.</summary>
public sealed class PortTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ports_of_the_Service_are_those_that_the_dispatcher_states()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        await a.PublishAsync(Pod(0, 1), Pod(1, 7), Pod(12, 7));
        await using EndpointDirectory directory = a.Connect();

        EndpointSnapshot all = await directory.GetEndpointsAsync(TestPods.Target, PortScheme.FromService(), Token);
        EndpointSnapshot admin = await directory.GetEndpointsAsync(TestPods.Target, PortScheme.FromService("admin"), Token);

        Assert.Equal([4001, 4007, 4007], all.Endpoints.Select(static e => e.Port));
        Assert.Equal([0, 1, 12], all.Endpoints.Select(static e => e.Ordinal!.Value));
        Assert.Equal([5001, 5007, 5007], all.Endpoints.Select(static e => e.FindPort("admin")!.Value.Number));
        Assert.Equal([5001, 5007, 5007], admin.Endpoints.Select(static e => e.Port));
    }

    [Fact]
    public async Task Ports_that_the_client_computes_must_be_among_those_stated()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        await a.PublishAsync(Pod(0, 0), Pod(2, 2));
        await using EndpointDirectory directory = a.Connect();

        EndpointSnapshot admin = await directory.GetEndpointsAsync("k8s-example2", "service-b", 5000, Token);

        Assert.Equal([5000, 5002], admin.Endpoints.Select(static e => e.Port));
        EndpointView other = directory.Follow(TestPods.Target, PortScheme.PerOrdinal(6000));
        await other.WaitForChangeAsync(null, Token);
        Assert.Contains(
            "it states game:4000/UDP, admin:5000/TCP for service-b-0, and this client's ports are 6000/TCP + ordinal: 6000/TCP. Give both "
            + "the same ports, or take the dispatcher's with PortScheme.FromService().",
            other.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_that_is_no_port_of_the_dispatcher_is_an_error()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        await a.PublishAsync(Pod(0, 0));
        await using EndpointDirectory directory = a.Connect();

        EndpointView view = directory.Follow(TestPods.Target, PortScheme.FromService("chat"));
        await view.WaitForChangeAsync(null, Token);

        Assert.Contains("none of these is the Service's port 'chat'", view.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_without_ordinals_are_followed_with_fixed_ports()
    {
        await using TestDispatcher a = await TestDispatcher.StartAsync();
        PodEndpoint agent = PodEndpoint.Create(
            "agent-x7k2p", "k8s-example2", [System.Net.IPAddress.Parse("10.77.0.1")], [new EndpointPort("", 4000)]);
        await a.PublishAsync(agent);
        await using EndpointDirectory directory = a.Connect();

        EndpointSnapshot byPort = await directory.GetEndpointsAsync(TestPods.Target, PortScheme.Fixed(4000), Token);
        EndpointSnapshot stated = await directory.GetEndpointsAsync(TestPods.Target, PortScheme.FromService(), Token);

        Assert.Null(Assert.Single(byPort.Endpoints).Ordinal);
        Assert.Equal(4000, stated.FindByName("agent-x7k2p")!.Port);
    }

    private static PodEndpoint Pod(int ordinal, int distance) => PodEndpoint.Create(
        $"service-b-{ordinal}", "k8s-example2", [System.Net.IPAddress.Parse("10.77.0.1")],
        [new EndpointPort("game", 4000 + distance, "UDP"), new EndpointPort("admin", 5000 + distance)], ordinal);
}
