using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dispatcher.Tests.Clusters;

/// <summary>A dispatcher on a free loopback port over two clusters that the test feeds.</summary>
internal sealed partial class ClusterFixture : IAsyncDisposable
{
    private ClusterFixture() => Clusters = new TwoClusters(meter: _meter);

    public DispatcherServer Server { get; private set; } = null!;

    public static async Task<ClusterFixture> StartAsync(IEndpointPicker? picker = null, bool page = false)
    {
        ClusterFixture fixture = new();
        DispatcherOptions options = new()
        {
            Targets = [new DispatcherTarget(TestPods.Target, TestPods.Ports)],
            Urls = ["http://127.0.0.1:0"],
            Picker = picker ?? new RoundRobinPicker(),
            Page = page,
        };
        fixture.Server = await DispatcherServer.StartAsync(
            fixture.Clusters.Directory, options, NullLoggerFactory.Instance, TimeProvider.System, fixture._meter, Token);
        fixture.Client = new HttpClient { BaseAddress = new Uri(fixture.Server.Addresses[0]), Timeout = Wait.Limit };
        return fixture;
    }
}
