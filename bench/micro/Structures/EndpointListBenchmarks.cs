using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using BenchmarkDotNet.Attributes;
using Berth.Snapshots;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// The endpoints of a snapshot: one by its index, and a new list in which one endpoint is another. In our own list, and in the runtime's
/// immutable array and list.
/// </summary>
[MemoryDiagnoser]
public class EndpointListBenchmarks
{
    private const int ChunkLength = 128;
    private const int Picks = 1000;

    private int[] _picks = [];
    private PodEndpoint[] _all = [];
    private PodEndpoint _other = null!;
    private EndpointChunk[] _chunks = [];
    private EndpointList _ours = null!;
    private ImmutableArray<PodEndpoint> _array;
    private ImmutableList<PodEndpoint> _list = [];

    /// <summary>The number of endpoints.</summary>
    [Params(1000, 100_000)]
    public int Endpoints { get; set; }

    // Not the root of the runtime's tree, and not a leaf.
    private int Changed => (Endpoints / 3) + 5;

    [GlobalSetup]
    public void Setup()
    {
        EndpointPort[] ports = [new("", 3000)];
        _all = [.. Enumerable.Range(0, Endpoints).Select(i => PodEndpoint.Create(
            string.Create(CultureInfo.InvariantCulture, $"service-b-{i}"), "scale", [IPAddress.Loopback], ports, i))];
        Random random = new(7);
        _picks = [.. Enumerable.Range(0, Picks).Select(_ => random.Next(Endpoints))];
        _other = _all[0];
        _chunks = [.. _all.Chunk(ChunkLength).Select(static run => new EndpointChunk(run))];
        _ours = new EndpointList(_chunks, availableOnly: false);
        _array = [.. _all];
        _list = [.. _all];
    }

    [Benchmark(OperationsPerInvoke = Picks)]
    public PodEndpoint? PickArray()
    {
        PodEndpoint? last = null;
        foreach (int pick in _picks)
            last = _array[pick];
        return last;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Picks)]
    public PodEndpoint? PickList()
    {
        PodEndpoint? last = null;
        foreach (int pick in _picks)
            last = _list[pick];
        return last;
    }

    [Benchmark(OperationsPerInvoke = Picks)]
    public PodEndpoint? PickOurs()
    {
        PodEndpoint? last = null;
        foreach (int pick in _picks)
            last = _ours[pick];
        return last;
    }

    [Benchmark]
    public object ChangeArray() => _array.SetItem(Changed, _other);

    [Benchmark]
    public object ChangeList() => _list.SetItem(Changed, _other);

    [Benchmark]
    public object ChangeOurs()
    {
        (int chunk, int at) = Math.DivRem(Changed, ChunkLength);
        PodEndpoint[] changed = [.. _chunks[chunk].All];
        changed[at] = _other;
        EndpointChunk[] chunks = [.. _chunks];
        chunks[chunk] = new EndpointChunk(changed);
        return new EndpointList(chunks, availableOnly: false);
    }

    [Benchmark]
    public object CreateList() => ImmutableList.Create(_all);

    [Benchmark]
    public object CreateOurs() =>
        new EndpointList([.. _all.Chunk(ChunkLength).Select(static run => new EndpointChunk(run))], availableOnly: false);
}
