using System.Diagnostics.Metrics;
using System.Text.Json;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dispatcher.Tests.Clusters;

/// <summary>A dispatcher on a free loopback port over two clusters that the test feeds.</summary>
internal sealed class ClusterFixture : IAsyncDisposable
{
    private readonly Meter _meter = new("Berth");

    private ClusterFixture() => Clusters = new TwoClusters(meter: _meter);

    public TwoClusters Clusters { get; }

    public DispatcherServer Server { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

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
        fixture.Client = new HttpClient { BaseAddress = new Uri(fixture.Server.Addresses[0]), Timeout = TimeSpan.FromSeconds(30) };
        return fixture;
    }

    /// <summary>Asks, and returns the answer and what the header says of the cluster.</summary>
    public async Task<(string Body, string? Cluster)> AskAsync(string path)
    {
        using HttpResponseMessage answer = await Client.GetAsync(path, Token);
        answer.EnsureSuccessStatusCode();
        string? cluster = answer.Headers.TryGetValues("Berth-Cluster", out IEnumerable<string>? values) ? values.Single() : null;
        return (await answer.Content.ReadAsStringAsync(Token), cluster);
    }

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using JsonDocument document = JsonDocument.Parse((await AskAsync(path)).Body);
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await Clusters.DisposeAsync();
        _meter.Dispose();
    }
}
