using System.Net;
using BenchmarkDotNet.Attributes;
using Berth.Ports;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// The search for ports that two of 100,000 pods claim, where there is no such port: by our own keys, and by a set of the runtime.
/// </summary>
[MemoryDiagnoser]
public class ClaimBenchmarks
{
    private const int Count = 100_000;
    private const int PodsOfNode = 10;

    private readonly IPAddress[] _addresses =
        [.. Enumerable.Range(0, Count / PodsOfNode).Select(static i => new IPAddress([10, 7, (byte)(i >> 8), (byte)i]))];

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int Runtime()
    {
        HashSet<(IPAddress, int, string)> claims = new(Count);
        int repeated = 0;
        for (int i = 0; i < Count; i++)
            repeated += claims.Add((_addresses[i / PodsOfNode], 3000 + (i % PodsOfNode), "TCP")) ? 0 : 1;
        return repeated;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Ours()
    {
        using ClaimKeys claims = new(Count);
        for (int i = 0; i < Count; i++)
            claims.Add(null, _addresses[i / PodsOfNode], 3000 + (i % PodsOfNode), "TCP");
        return claims.FindRepeated().Count;
    }
}
