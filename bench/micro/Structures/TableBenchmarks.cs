using System.Diagnostics.CodeAnalysis;
using System.Net;
using BenchmarkDotNet.Attributes;
using Berth.Kubernetes.Assembly;
using Berth.Kubernetes.Slices;
using Berth.Pods;

namespace Berth.Bench.Micro.Structures;

/// <summary>100,000 pods by name: in our own table, and in the runtime's, which compares the same names with the same hash.</summary>
[MemoryDiagnoser]
public class TableBenchmarks
{
    private const int Count = 100_000;

    private readonly SlicePod[] _pods = new SlicePod[Count];
    private readonly PodTable _table = new();
    private readonly HashSet<ISliceEndpoint> _set = new(Count, ByName.Instance);

    [GlobalSetup]
    public void Setup()
    {
        PodScope scope = new("ns", "node", "zone");
        PodNamePrefix prefix = new("service-b-");
        for (int i = 0; i < Count; i++)
            _pods[i] = new SlicePod(new PodName(prefix, i), scope, default, IPAddress.Loopback, true, true, false);
        Fill(_table);
        Fill(_set);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public object FillRuntime() => Fill(new HashSet<ISliceEndpoint>(Count, ByName.Instance));

    [Benchmark(OperationsPerInvoke = Count)]
    public object FillOurs()
    {
        PodTable table = new();
        table.EnsureCapacity(Count);
        return Fill(table);
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public object? FindRuntime()
    {
        HashSet<ISliceEndpoint>.AlternateLookup<PodName> lookup = _set.GetAlternateLookup<PodName>();
        ISliceEndpoint? last = null;
        foreach (SlicePod pod in _pods)
            lookup.TryGetValue(pod.Key, out last);
        return last;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public object? FindOurs()
    {
        ISliceEndpoint? last = null;
        foreach (SlicePod pod in _pods)
            last = _table[_table.Find(pod.Key)][0];
        return last;
    }

    private HashSet<ISliceEndpoint> Fill(HashSet<ISliceEndpoint> set)
    {
        foreach (SlicePod pod in _pods)
            set.Add(pod);
        return set;
    }

    private PodTable Fill(PodTable table)
    {
        foreach (SlicePod pod in _pods)
            table[table.FindOrAdd(pod.Key)].Add(pod);
        return table;
    }

    private sealed class ByName : IEqualityComparer<ISliceEndpoint>, IAlternateEqualityComparer<PodName, ISliceEndpoint>
    {
        public static ByName Instance { get; } = new();

        public bool Equals(ISliceEndpoint? x, ISliceEndpoint? y) => PodNames.AreEqual(x!.Key, y!.Key);

        public int GetHashCode([DisallowNull] ISliceEndpoint obj) => GetHashCode(obj.Key);

        public bool Equals(PodName alternate, ISliceEndpoint other) => PodNames.AreEqual(alternate, other.Key);

        public int GetHashCode(PodName alternate) => (int)PodNames.TableHash(alternate);

        public ISliceEndpoint Create(PodName alternate) => throw new NotSupportedException();
    }
}
