using System.Diagnostics.Metrics;
using System.Net;
using Berth.Dispatcher;
using Berth.Seats;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Client.Tests;

/// <summary>A running dispatcher over a source that the test feeds, behind a relay that the test can cut, and a client of it.</summary>
internal sealed class ClientRig : IAsyncDisposable
{
    public const string Target = "k8s-example2/service-b";

    private readonly PushableSource _source = new();
    private readonly TestFolder _folder = new();
    private readonly Meter _meter = new("Berth");
    private readonly HttpClient _http = new();
    private readonly EndpointDirectory _directory;
    private SeatDesk? _desk;
    private SeatDeskServer? _deskServer;
    private DispatcherServer _server = null!;

    private ClientRig() => _directory = new EndpointDirectory(_source, new EndpointDirectoryOptions { Meter = _meter });

    public TcpRelay Relay { get; private set; } = null!;

    public string Url => $"http://127.0.0.1:{Relay.Port}";

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Starts a dispatcher; with a token that callers must have, and with a desk of pod 0 that has seats.</summary>
    public static async Task<ClientRig> StartAsync(string? token = null, int seats = 0)
    {
        ClientRig rig = new();
        DispatcherSeatOptions? desks = seats > 0 ? await rig.StartDeskAsync(seats) : null;
        rig._server = await DispatcherServer.StartAsync(
            rig._directory,
            new DispatcherOptions
            {
                Targets = [new DispatcherTarget(TestPods.Target, TestPods.Ports)],
                Urls = ["http://127.0.0.1:0"],
                TokenFile = token is null ? null : rig._folder.Write("tokens", "ops " + token),
                Seats = desks,
            },
            NullLoggerFactory.Instance, TimeProvider.System, rig._meter, Cancelled);
        rig.Relay = new TcpRelay(() => new Uri(rig._server.Addresses[0]).Port);
        return rig;
    }

    public BerthClient Connect(BerthClientOptions? options = null, params string[] before) => new(_http, [.. before, Url], options);

    public Task PublishAsync(params Berth.PodEndpoint[] pods) =>
        _source.PublishAsync(_directory.Follow(TestPods.Target, TestPods.Ports), pods, cancellationToken: Cancelled);

    /// <summary>Lets the source fail. Nothing more can be published then: the directory waits before it reads on.</summary>
    public void Fail(string reason) => _source.Fail(TestPods.Target, TestPods.Ports, reason);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Relay.DisposeAsync();
        await _server.DisposeAsync();
        await _directory.DisposeAsync();
        if (_deskServer is not null)
            await _deskServer.DisposeAsync();
        _desk?.Dispose();
        _meter.Dispose();
        _folder.Dispose();
    }

    private async Task<DispatcherSeatOptions> StartDeskAsync(int seats)
    {
        string keys = _folder.Write("keys", "one=" + Convert.ToBase64String(new byte[32]));
        int port = FreePorts.Take();
        _desk = new SeatDesk(new SeatDeskOptions
        {
            Pod = PodIdentity.FromEnvironment(static variable => variable switch
            {
                PodIdentity.NameVariable => "service-b-0",
                PodIdentity.NamespaceVariable => TestPods.Target.Namespace,
                _ => null,
            }),
            Capacity = seats,
            KeyFile = keys,
        });
        _deskServer = await SeatDeskServer.StartAsync(_desk, new IPEndPoint(IPAddress.Loopback, port), Cancelled);
        // No test of this client is about these limits.
        return new DispatcherSeatOptions
        {
            DeskPorts = PortScheme.PerOrdinal(port), KeyFile = keys, AttemptTimeout = Wait.Limit, Deadline = Wait.Limit,
        };
    }
}
