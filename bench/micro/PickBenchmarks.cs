using System.Globalization;
using System.Net;
using BenchmarkDotNet.Attributes;

namespace Berth.Bench.Micro;

/// <summary>Choosing one endpoint of a snapshot.</summary>
[MemoryDiagnoser]
public class PickBenchmarks
{
    private readonly RoundRobinPicker _roundRobin = new();
    private EndpointSnapshot _snapshot = null!;

    /// <summary>The number of endpoints to choose from.</summary>
    [Params(3, 1000, 100_000)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup() => _snapshot = EndpointSnapshot.Create(
        new ServiceTarget("scale", "service-b"), PortScheme.Fixed(3000), Enumerable.Range(0, Endpoints).Select(Endpoint));

    private static PodEndpoint Endpoint(int i) => PodEndpoint.Create(
        string.Create(CultureInfo.InvariantCulture, $"service-b-{i}"),
        "scale",
        [new IPAddress([10, 1, (byte)(i >> 8), (byte)i])],
        [new EndpointPort("", 3000)],
        i);

    [Benchmark(Baseline = true)]
    public PodEndpoint Random() => _snapshot.PickRandom();

    [Benchmark]
    public PodEndpoint? RoundRobin() => _roundRobin.Pick(_snapshot);

    [Benchmark]
    public PodEndpoint? ByOrdinal() => _snapshot.FindByOrdinal(2);

    [Benchmark]
    public ReadOnlyMemory<byte> Answer() => _snapshot.PickRandom().AuthorityUtf8;
}
