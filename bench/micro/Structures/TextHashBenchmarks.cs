using System.Globalization;
using System.IO.Hashing;
using System.Text;
using BenchmarkDotNet.Attributes;
using Berth.Kubernetes.Wire;
using Berth.Pods;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// Hashes for tables in memory. Of the names of nodes, which are bytes: ours, the runtime's and that of .NET's package. Of pods, whose
/// names are a prefix and a number: ours, which is the same for a whole name, and the runtime's of both parts, which is not.
/// </summary>
[MemoryDiagnoser]
public class TextHashBenchmarks
{
    private const int Count = 1000;

    private readonly byte[][] _nodes = [.. Enumerable.Range(0, Count).Select(static i => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"ip-10-0-{i >> 8}-{i & 255}.eu-west-1.compute.internal")))];

    private readonly PodName[] _pods = [.. Pods(new PodNamePrefix("service-b-"))];

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int NodesRuntime()
    {
        int all = 0;
        foreach (byte[] node in _nodes)
        {
            HashCode hash = default;
            hash.AddBytes(node);
            all ^= hash.ToHashCode();
        }

        return all;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong NodesPackage()
    {
        ulong all = 0;
        foreach (byte[] node in _nodes)
            all ^= XxHash3.HashToUInt64(node);
        return all;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public uint NodesOurs()
    {
        uint all = 0;
        foreach (byte[] node in _nodes)
            all ^= Utf8Text.Hash(node);
        return all;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int PodsRuntime()
    {
        int all = 0;
        foreach (PodName pod in _pods)
            all ^= HashCode.Combine(pod.Prefix!.HashState, pod.Number);
        return all;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong PodsOurs()
    {
        ulong all = 0;
        foreach (PodName pod in _pods)
            all ^= PodNames.TableHash(pod);
        return all;
    }

    private static IEnumerable<PodName> Pods(PodNamePrefix prefix) => Enumerable.Range(0, Count).Select(i => new PodName(prefix, i));
}
