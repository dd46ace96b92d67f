using System.Net;
using BenchmarkDotNet.Attributes;
using Berth.Kubernetes.Slices;
using Berth.Pods;
using Berth.Ports;
using Berth.Snapshots;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// Sorting the endpoints of one set of 60,000 into the order of a snapshot: distributed by ordinal, and sorted by the runtime.
/// </summary>
[MemoryDiagnoser]
public class SortBenchmarks
{
    private const int Count = 60_000;

    private PodEndpoint[][] _slices = [];

    [GlobalSetup]
    public void Setup()
    {
        PodScope scope = new("ns", "node", "zone");
        PodNamePrefix prefix = new("service-b-");
        PortRule rule = PortScheme.PerOrdinal(3000).RuleFor([])!;
        PodEndpoint[] all = [.. Enumerable.Range(0, Count).Select(i => Pod(new PodName(prefix, i)))];
        // The endpoint controller fills a slice with pods that appeared together.
        _slices = [.. all.Chunk(100)];
        new Random(5).Shuffle(_slices);

        SlicePod Pod(PodName name)
        {
            SlicePod pod = new(name, scope, default, IPAddress.Loopback, true, true, false);
            pod.TryTake(rule);
            return pod;
        }
    }

    /// <summary>The order by its definition.</summary>
    [Benchmark(Baseline = true)]
    public object RuntimeByComparison()
    {
        PodEndpoint[] all = [.. _slices.SelectMany(static s => s)];
        all.AsSpan().Sort(EndpointOrder.Compare);
        return all.Chunk(EndpointRuns.MaxLength).ToArray();
    }

    /// <summary>The same order, by numbers alone.</summary>
    [Benchmark]
    public object RuntimeByNumber()
    {
        PodEndpoint[] all = [.. _slices.SelectMany(static s => s)];
        int[] keys = [.. all.Select(static endpoint => endpoint.Key.Number)];
        keys.AsSpan().Sort(all.AsSpan());
        return all.Chunk(EndpointRuns.MaxLength).ToArray();
    }

    [Benchmark]
    public object? Ours() => EndpointSort.TrySort(_slices, EndpointRuns.MaxLength);
}
