using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using Berth.Kubernetes.Addresses;

namespace Berth.Bench.Micro.Structures;

/// <summary>Reading IPv4 addresses of 1,000 nodes in turn from their bytes: by our own reader and pool, and by the runtime.</summary>
[MemoryDiagnoser]
public class AddressBenchmarks
{
    private const int Count = 1000;

    private readonly AddressPool _pool = new();
    private readonly byte[][] _addresses = [.. Enumerable.Range(0, Count).Select(static i =>
        Encoding.UTF8.GetBytes(new IPAddress([10, 77, (byte)(i >> 8), (byte)i]).ToString()))];

    /// <summary>The runtime also accepts other forms, such as 10.1, and creates an object each time.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public IPAddress? Runtime()
    {
        IPAddress? last = null;
        foreach (byte[] text in _addresses)
            _ = IPAddress.TryParse(text, out last);
        return last;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public uint Ours()
    {
        uint last = 0;
        foreach (byte[] text in _addresses)
            _ = SliceAddress.TryParseIPv4(text, out last);
        return last;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public IPAddress? OursPooled()
    {
        IPAddress? last = null;
        foreach (byte[] text in _addresses)
            _ = _pool.TryParse(text, out last);
        return last;
    }
}
