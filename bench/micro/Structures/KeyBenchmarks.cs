using System.Globalization;
using System.Net;
using BenchmarkDotNet.Attributes;
using Berth.Grpc;
using Berth.Grpc.Balancing;
using Berth.Grpc.Resolving;

namespace Berth.Bench.Micro.Structures;

/// <summary>The pod of a key, of 1,000 pods: by the table of keys, which is a dictionary of the runtime, and without a table.</summary>
[MemoryDiagnoser]
public class KeyBenchmarks
{
    private const int Pods = 1000;
    private const int Asked = 10_000;

    private readonly StickyPicker _sticky = new();
    private EndpointSnapshot _snapshot = null!;
    private KeyTable _table = null!;
    private string[] _keys = [];

    /// <summary>The number of different keys of 10,000 calls.</summary>
    [Params(100, 10_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        ServiceTarget target = new("scale", "service-b");
        PortScheme ports = PortScheme.Fixed(3000);
        _snapshot = EndpointSnapshot.Create(target, ports, Enumerable.Range(0, Pods).Select(static i => PodEndpoint.Create(
            string.Create(CultureInfo.InvariantCulture, $"service-b-{i}"), "scale", [new IPAddress([10, 1, (byte)(i >> 8), (byte)i])],
            [new EndpointPort("", 3000)], i)));
        Channel channel = Channel.Of(new Uri("berth:///service-b.scale"), new BerthGrpcOptions { Ports = ports });
        _table = new KeyTable([.. _snapshot.Endpoints.Select(pod => PodAddress.TryCreate(channel, pod, out PodAddress? address)
            ? new PodConnection(address, null!)
            : throw new InvalidOperationException("The pod has no address."))]);
        _keys = [.. Enumerable.Range(0, Asked).Select(i => string.Create(CultureInfo.InvariantCulture, $"player-{i % Keys}"))];
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Asked)]
    public PodEndpoint? WithoutTable()
    {
        PodEndpoint? last = null;
        foreach (string key in _keys)
            last = _sticky.Pick(_snapshot, key);
        return last;
    }

    [Benchmark(OperationsPerInvoke = Asked)]
    public object? Table()
    {
        PodConnection? last = null;
        foreach (string key in _keys)
            last = _table.Find(key);
        return last;
    }
}
