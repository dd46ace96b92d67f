using System.Net;
using Berth.TestKit;
using Berth.TestKit.Dns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Dns.Tests.Discovery;

/// <summary>Our server, a fake clock and a stream over them.</summary>
internal sealed class DnsRig : IAsyncDisposable
{
    private IEndpointStream? _stream;

    public DnsRig(TestZone? zone = null) => Server = new ScriptedDnsServer(zone);

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ScriptedDnsServer Server { get; }

    public TestClock Time { get; } = new();

    public IReadOnlyList<DnsServicePort> ServicePorts { get; init; } = [new DnsServicePort("game")];

    public PortScheme Ports { get; init; } = PortScheme.PerOrdinal(3000);

    public AddressFamilies AddressFamilies { get; init; }

    public int Tries { get; init; } = 1;

    public int OrdinalGap { get; init; } = 4;

    public int FirstOrdinal { get; init; }

    public int MaxPods { get; init; } = 1000;

    public string? StatefulSet { get; init; }

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    public DnsEndpointSource Source => new(new DnsEndpointSourceOptions
    {
        Servers = [Server.EndPoint],
        ServicePorts = ServicePorts,
        AddressFamilies = AddressFamilies,
        Tries = Tries,
        OrdinalGap = OrdinalGap,
        FirstOrdinal = FirstOrdinal,
        MaxPods = MaxPods,
        StatefulSetName = target => StatefulSet ?? target.Service,
        TimeProvider = Time,
        Random = new Random(1),
        LoggerFactory = LoggerFactory,
    });

    public IEndpointStream Stream => _stream ??= Source.Open(TestKit.TestPods.Target, Ports);

    public Task<EndpointSnapshot> ReadAsync() => Stream.ReadAsync(Cancellation).AsTask().WaitAsync(Wait.Limit, Cancellation);

    /// <summary>Reads again after the clock has passed any TTL.</summary>
    public Task<EndpointSnapshot> ReadLaterAsync()
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        return ReadAsync();
    }

    public Task<EndpointSourceException> FailAsync() => Assert.ThrowsAsync<EndpointSourceException>(ReadAsync);

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
            await _stream.DisposeAsync();
        await Server.DisposeAsync();
    }

    public static string[] Authorities(EndpointSnapshot snapshot) => [.. snapshot.Endpoints.Select(static e => $"{e.Name}={e.Authority}")];

    public static IPAddress Ip(string address) => IPAddress.Parse(address);
}
