using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Berth.TestKit;

namespace Berth.Dispatcher.Tests.Edge;

/// <summary>A dispatcher with the options of one test, and clients that trust its authority.</summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    private readonly EndpointDirectory _directory;
    private readonly Meter _meter = new("Berth");
    private DispatcherServer _server = null!;

    private EdgeServer() =>
        _directory = new EndpointDirectory(Source, new EndpointDirectoryOptions { TimeProvider = Time, Meter = _meter });

    public PushableSource Source { get; } = new();

    public TestClock Time { get; } = new();

    public RecordingLogger Log { get; } = new();

    public DispatcherServer Server => _server;

    public EndpointView View => _directory.Follow(DispatcherFixture.B, DispatcherFixture.Ports);

    public EndpointView OtherView => _directory.Follow(DispatcherFixture.Other, DispatcherFixture.Ports);

    /// <summary>The options of a test: two targets, and a free port.</summary>
    public static DispatcherTarget[] Targets { get; } =
    [
        new DispatcherTarget(DispatcherFixture.B, DispatcherFixture.Ports),
        new DispatcherTarget(DispatcherFixture.Other, DispatcherFixture.Ports),
    ];

    /// <param name="options">The options.</param>
    /// <param name="later">The time since other servers of the test started. Event ids of two starts at one time are the same.</param>
    public static async Task<EdgeServer> StartAsync(DispatcherOptions options, TimeSpan later = default)
    {
        EdgeServer edge = new();
        edge.Time.WallClockShift = later;
        edge._server = await DispatcherServer.StartAsync(
            edge._directory, options, edge.Log, edge.Time, edge._meter, DispatcherFixture.Cancelled);
        await edge.Source.PublishAsync(edge.View, [DispatcherFixture.Pod(0)], cancellationToken: DispatcherFixture.Cancelled);
        return edge;
    }

    public EndpointView Follow(ServiceTarget target) => _directory.Follow(target, DispatcherFixture.Ports);

    public int PortOf() =>
        int.Parse(_server.Addresses[0].Split(':')[^1], CultureInfo.InvariantCulture);

    /// <summary>A client that trusts an authority and reaches this server under any host name.</summary>
    public HttpClient Client(TestAuthority? authority = null, string host = "localhost", X509Certificate2? own = null, bool follow = true)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = follow,
            ConnectCallback = async (_, token) =>
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, PortOf(), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        if (authority is not null)
            handler.SslOptions = OptionsOf(authority, host, own);
        string scheme = authority is null ? "http" : "https";
        return new HttpClient(handler) { BaseAddress = new Uri($"{scheme}://{host}:{PortOf()}"), Timeout = Wait.Limit };
    }

    /// <param name="authority">The authority that the client trusts.</param>
    /// <param name="change">Changes the options of TLS.</param>
    /// <param name="wrap">Stands between TLS and the socket.</param>
    public async Task<SslStream> ConnectAsync(
        TestAuthority authority, Action<SslClientAuthenticationOptions>? change = null, Func<Stream, Stream>? wrap = null)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, PortOf(), DispatcherFixture.Cancelled);
        Stream transport = new NetworkStream(socket, ownsSocket: true);
        SslStream stream = new(wrap is null ? transport : wrap(transport));
        SslClientAuthenticationOptions options = OptionsOf(authority, "localhost", null);
        change?.Invoke(options);
        await stream.AuthenticateAsClientAsync(options, DispatcherFixture.Cancelled);
        return stream;
    }

    /// <summary>Lets the files be looked at again, until something is logged.</summary>
    public async Task ReloadAsync(string logged)
    {
        Time.Advance(TimeSpan.FromSeconds(5));
        await Log.WaitForAsync(logged, DispatcherFixture.Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _directory.DisposeAsync();
        _meter.Dispose();
    }

    public static SslClientAuthenticationOptions OptionsOf(TestAuthority authority, string host, X509Certificate2? own)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.ImportFromPem(authority.Pem);
        SslClientAuthenticationOptions options = new() { TargetHost = host, CertificateChainPolicy = policy };
        if (own is not null)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(own, null, offline: true);
        return options;
    }
}
