using System.Globalization;
using System.Net;
using BenchmarkDotNet.Attributes;
using Berth.Kubernetes.Addresses;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// The network of each of 1,000 addresses, of 1,000 networks of one size: by our own range, which is the key of a dictionary, and by the
/// runtime's network, whose only search asks one network after the other. And reading the networks.
/// </summary>
[MemoryDiagnoser]
public class NetworkBenchmarks
{
    private const int Count = 1000;
    private const int Prefix = 24;

    private readonly string[] _texts =
        [.. Enumerable.Range(0, Count).Select(static i => string.Create(CultureInfo.InvariantCulture, $"10.{i >> 8}.{i & 255}.0/24"))];

    private readonly IPAddress[] _addresses =
        [.. Enumerable.Range(0, Count).Select(static i => new IPAddress([10, (byte)(i >> 8), (byte)i, 7]))];

    private readonly List<IPNetwork> _networks = [];
    private readonly Dictionary<AddressRange, int> _ranges = [];

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Count; i++)
        {
            _networks.Add(IPNetwork.Parse(_texts[i]));
            if (AddressRange.TryParse(_texts[i], out AddressRange range, out _))
                _ranges.Add(range, i);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int FindRuntime()
    {
        int sum = 0;
        foreach (IPAddress address in _addresses)
        {
            int at = 0;
            while (!_networks[at].Contains(address))
                at++;
            sum += at;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int FindOurs()
    {
        int sum = 0;
        foreach (IPAddress address in _addresses)
            sum += _ranges[AddressRange.Around(address, Prefix)];
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int ReadRuntime()
    {
        int sum = 0;
        foreach (string text in _texts)
            sum += IPNetwork.TryParse(text, out IPNetwork network) ? network.PrefixLength : 0;
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int ReadOurs()
    {
        int sum = 0;
        foreach (string text in _texts)
            sum += AddressRange.TryParse(text, out AddressRange range, out _) ? range.Prefix : 0;
        return sum;
    }
}
