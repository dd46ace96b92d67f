using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Kubernetes;

/// <summary>A source over a scripted server, and one stream of it, read without a supervisor so that every failure shows.</summary>
internal sealed class SourceHarness : IAsyncDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Meter _meter = new("test");
    private readonly List<string> _causes = [];

    private SourceHarness(ScriptedApi api, KubernetesEndpointSourceOptions options)
    {
        Api = api;
        Source =
            new KubernetesEndpointSource(new ClusterAccess { Server = api.Address, Source = "test" }, new KubernetesEndpointSourceOptions
        {
            AddressMode = options.AddressMode,
            AddressFamilies = options.AddressFamilies,
            ExternalFrom = options.ExternalFrom,
            HostTemplate = options.HostTemplate,
            StreamingLists = options.StreamingLists,
            TimeProvider = options.TimeProvider,
            LoggerFactory = options.LoggerFactory,
            Random = new Random(1),
            Meter = _meter,
        });
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter) && instrument.Name == "berth.watch.restarts")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            // Every cause is announced with 0.
            if (count == 0)
                return;
            lock (_causes)
                _causes.Add((string)tags[0].Value!);
        });
        _listener.Start();
    }

    public ScriptedApi Api { get; }

    public KubernetesEndpointSource Source { get; }

    public IEndpointStream Stream { get; private set; } = null!;

    public IReadOnlyList<string> RestartCauses
    {
        get
        {
            lock (_causes)
                return [.. _causes];
        }
    }

    public static async Task<SourceHarness> StartAsync(
        string service = "service-b", PortScheme? ports = null, KubernetesEndpointSourceOptions? options = null,
        bool knowsProtobuf = false)
    {
        ScriptedWire wire = new() { Protocols = HttpProtocols.Http1, KnowsProtobuf = knowsProtobuf };
        SourceHarness harness = new(await ScriptedApi.StartAsync(wire), options ?? new KubernetesEndpointSourceOptions());
        harness.Stream = harness.Source.Open(new ServiceTarget("k8s-example2", service), ports ?? PortScheme.PerOrdinal(3000));
        return harness;
    }

    public async Task<EndpointSnapshot> ReadAsync() =>
        await Stream.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);

    /// <summary>Goes on reading until a request comes in, and gives it with the read that then waits.</summary>
    public async Task<(
        ScriptedExchange Request, Task<EndpointSnapshot> Pending, IReadOnlyList<EndpointSnapshot> Read)> ReadUntilRequestAsync()
    {
        Task<ScriptedExchange> request = Api.NextAsync(TestContext.Current.CancellationToken);
        List<EndpointSnapshot> read = [];
        while (true)
        {
            Task<EndpointSnapshot> pending = ReadAsync();
            if (await Task.WhenAny(request, pending) == request)
                return (await request, pending, read);
            read.Add(await pending);
        }
    }

    /// <summary>Reads until a snapshot satisfies a condition.</summary>
    public async Task<EndpointSnapshot> ReadUntilAsync(Func<EndpointSnapshot, bool> condition)
    {
        while (true)
        {
            EndpointSnapshot snapshot = await ReadAsync();
            if (condition(snapshot))
                return snapshot;
        }
    }

    public async Task<EndpointSourceException> FailAsync() =>
        await Assert.ThrowsAsync<EndpointSourceException>(async () => await ReadAsync());

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        await Source.DisposeAsync();
        await Api.DisposeAsync();
        _listener.Dispose();
        _meter.Dispose();
    }
}
