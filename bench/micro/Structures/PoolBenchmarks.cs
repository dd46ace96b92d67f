using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Berth.Kubernetes.Wire;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// Texts of the names of a cluster's nodes in turn: one string for equal texts, from the pool, and a new string each time.
/// </summary>
[MemoryDiagnoser]
public class PoolBenchmarks
{
    private readonly TextPool _pool = new();
    private byte[][] _names = [];

    /// <summary>The number of names.</summary>
    [Params(16, 10_000)]
    public int Names { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        // Names as in a cloud: they contain no running number.
        Random random = new(11);
        _names = [.. Enumerable.Range(0, Names).Select(_ => Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"ip-10-{random.Next(256)}-{random.Next(256)}-{random.Next(256)}.eu-west-1.compute.internal")))];
        Ours();
    }

    [Benchmark(Baseline = true)]
    public string? Runtime()
    {
        string? last = null;
        foreach (byte[] name in _names)
            last = Encoding.UTF8.GetString(name);
        return last;
    }

    [Benchmark]
    public string? Ours()
    {
        string? last = null;
        foreach (byte[] name in _names)
            last = _pool.Get(name, "nodeName");
        return last;
    }
}
