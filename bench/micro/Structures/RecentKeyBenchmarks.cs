using BenchmarkDotNet.Attributes;
using Berth.Seats.Desks;

namespace Berth.Bench.Micro.Structures;

/// <summary>The latest 4,096 keys of a desk, and the ten that followers have not seen: in our ring, and in the runtime's queue.</summary>
[MemoryDiagnoser]
public class RecentKeyBenchmarks
{
    private const int Added = 10;

    private readonly RecentKeys _ours = new();
    private readonly Queue<ulong> _runtime = new(RecentKeys.Kept);

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < RecentKeys.Kept; i++)
        {
            _runtime.Enqueue((ulong)i);
            _ours.Add((UInt128)i);
        }
    }

    [Benchmark(Baseline = true)]
    public ulong[] Runtime()
    {
        for (int i = 0; i < Added; i++)
        {
            _runtime.Dequeue();
            _runtime.Enqueue((ulong)i);
        }

        return [.. _runtime.Skip(RecentKeys.Kept - Added)];
    }

    [Benchmark]
    public ulong[] Ours()
    {
        for (int i = 0; i < Added; i++)
            _ours.Add((UInt128)i);
        return _ours.Since(_ours.Count - Added);
    }
}
