using System.Globalization;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests;

/// <summary>A running dispatcher on a free loopback port, over a source that the test feeds.</summary>
internal sealed partial class DispatcherFixture : IAsyncDisposable
{
    /// <summary>The labels of the target <see cref="B"/> in metrics.</summary>
    public const string OfB = "k8s_namespace_name=\"k8s-example2\",k8s_service_name=\"service-b\"";

    private DispatcherFixture(IEndpointPicker? picker, TimeSpan delay, TimeSpan grace, int? maxConnections, bool plain, int port)
    {
        Directory = new EndpointDirectory(Source, new EndpointDirectoryOptions { TimeProvider = Time, Meter = Meter });
        Options = new DispatcherOptions
        {
            Targets = [new DispatcherTarget(B, Ports), new DispatcherTarget(Other, Ports)],
            Urls = [string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")],
            Picker = picker ?? new RoundRobinPicker(),
            ShutdownDelay = delay,
            ShutdownGrace = grace,
            MaxConnections = maxConnections,
            AnswersPlainRequests = plain,
        };
    }

    public EndpointDirectory Directory { get; }

    public DispatcherOptions Options { get; }

    public DispatcherServer Server { get; private set; } = null!;

    public static async Task<DispatcherFixture> StartAsync(
        IEndpointPicker? picker = null, TimeSpan delay = default, TimeSpan? grace = null, int? maxConnections = null,
        bool plain = true, int port = 0)
    {
        DispatcherFixture fixture = new(picker, delay, grace ?? TimeSpan.FromSeconds(30), maxConnections, plain, port);
        fixture.Server = await DispatcherServer.StartAsync(
            fixture.Directory, fixture.Options, new TestOutputLoggerFactory(TestContext.Current.TestOutputHelper), fixture.Time,
            fixture.Meter, Cancelled);
        fixture.Client = new HttpClient { BaseAddress = new Uri(fixture.Server.Addresses[0]), Timeout = Wait.Limit };
        return fixture;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await Directory.DisposeAsync();
        Meter.Dispose();
    }
}
