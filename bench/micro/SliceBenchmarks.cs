using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Berth.Bench.Cluster;
using Berth.Kubernetes.Addresses;
using Berth.Kubernetes.Assembly;
using Berth.Kubernetes.Slices;

namespace Berth.Bench.Micro;

/// <summary>One changed slice of 100 endpoints: decoded, applied to a table of others, published.</summary>
[MemoryDiagnoser]
public class SliceBenchmarks
{
    private static readonly ServiceTarget s_target = new(Fleet.Namespace, "service-b");
    private static readonly PortScheme s_ports = PortScheme.PerOrdinal(3000);

    private readonly SliceDecoder _decoder = new();
    private SnapshotBuilder _builder = null!;
    private SliceTable _table = null!;
    private byte[][] _states = [];
    private byte[] _protobuf = [];
    private int _next;

    /// <summary>The number of slices of the target.</summary>
    [Params(10, 1000)]
    public int Slices { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Fleet fleet = new Fleet().Add("service-b", Slices, 100);
        _builder = new SnapshotBuilder(s_target, s_ports);
        _table = new SliceTable(
            new PodResolver(s_target, s_ports, AddressRules.Internal), _builder, TimeProvider.System);
        _table.Replace([.. fleet.Slices.Select(slice => Read(slice.Body.Span))]);
        _builder.Build();
        _protobuf = fleet.Slices[0].Protobuf.ToArray();
        _states = new byte[64][];
        for (int i = 0; i < _states.Length; i++)
        {
            fleet.Change(0);
            _states[i] = fleet.Slices[0].Body.ToArray();
        }
    }

    [Benchmark]
    public object Decode() => Read(Next());

    [Benchmark]
    public object DecodeProtobuf() => _decoder.Protobuf.Decode(_protobuf);

    [Benchmark]
    public void DecodeAndApply() => _table.Apply(Read(Next()));

    [Benchmark]
    public EndpointSnapshot DecodeApplyAndPublish()
    {
        _table.Apply(Read(Next()));
        return _builder.Build();
    }

    private byte[] Next() => _states[_next++ % _states.Length];

    private SliceObject Read(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        reader.Read();
        _decoder.TryDecode(ref reader, out SliceObject? slice);
        return slice!;
    }
}
