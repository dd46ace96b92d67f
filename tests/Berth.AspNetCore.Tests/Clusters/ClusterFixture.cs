using Berth.AspNetCore;
using Berth.TestKit;
using Microsoft.AspNetCore.Builder;

namespace Berth.Dispatcher.Tests.Clusters;

/// <summary>The routes of service A in a program of its own, over two clusters that the test feeds.</summary>
internal sealed partial class ClusterFixture : IAsyncDisposable
{
    private ClusterFixture() => Clusters = new TwoClusters(meter: _meter);

    public WebApplication Server { get; private set; } = null!;

    public static async Task<ClusterFixture> StartAsync(IEndpointPicker? picker = null)
    {
        ClusterFixture fixture = new();
        fixture.Server = await PlainProgram.StartAsync("/", new BerthRouteOptions
        {
            Targets = [new DispatcherTarget(TestPods.Target, TestPods.Ports)],
            Picker = picker ?? new RoundRobinPicker(),
            Directory = fixture.Clusters.Directory,
        });
        fixture.Client = new HttpClient { BaseAddress = new Uri(fixture.Server.Urls.First()), Timeout = Wait.Limit };
        return fixture;
    }
}
