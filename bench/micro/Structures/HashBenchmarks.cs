using System.IO.Hashing;
using System.Text;
using BenchmarkDotNet.Attributes;
using Berth.Pods;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// The hash of a pod's name, which a sticky pick needs for each pod: continued from the prefix that the set's pods share, and of the whole
/// name by the hash of .NET's own package.
/// </summary>
[MemoryDiagnoser]
public class HashBenchmarks
{
    private const int Count = 1000;

    private readonly PodNamePrefix _prefix = new("service-b-");

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public ulong Package()
    {
        ulong all = 0;
        Span<byte> name = stackalloc byte[64];
        for (int i = 0; i < Count; i++)
        {
            int length = Encoding.UTF8.GetBytes(_prefix.Text, name);
            i.TryFormat(name[length..], out int digits);
            all ^= XxHash3.HashToUInt64(name[..(length + digits)]);
        }

        return all;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong Ours()
    {
        ulong all = 0;
        for (int i = 0; i < Count; i++)
            all ^= KeyHash.End(_prefix.HashState, i);
        return all;
    }
}
