using System.Globalization;
using System.Net;
using BenchmarkDotNet.Attributes;
using Berth.Pods;
using Berth.Remote.Wire;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// The parts of 10,000 pods on 1,000 nodes, as the stream of a dispatcher states them: one object for equal parts, from our table, and new
/// objects each time.
/// </summary>
[MemoryDiagnoser]
public class PartBenchmarks
{
    private const int Count = 10_000;
    private const int Nodes = 1000;

    private readonly SharedParts _parts = new("scale", own: null);
    private readonly PodScope[] _scopes = new PodScope[Count];
    private readonly PodName[] _names = new PodName[Count];
    private readonly IPAddress?[] _addresses = new IPAddress?[Count];
    private readonly StatedPod[] _pods = [.. Enumerable.Range(0, Count).Select(StatedPod.Of)];

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public object Runtime()
    {
        for (int i = 0; i < Count; i++)
        {
            StatedPod pod = _pods[i];
            _names[i] = new PodName(pod.Name.AsSpan().ToString());
            _scopes[i] = new PodScope("scale", pod.Node.AsSpan().ToString(), pod.Zone.AsSpan().ToString());
            _ = IPAddress.TryParse(pod.Address.AsSpan(), out _addresses[i]);
        }

        return _scopes;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public object Ours()
    {
        for (int i = 0; i < Count; i++)
        {
            StatedPod pod = _pods[i];
            _names[i] = _parts.Name(pod.Name);
            _scopes[i] = _parts.Scope(pod.Node, pod.Zone, default);
            _addresses[i] = _parts.Address(pod.Address);
        }

        return _scopes;
    }

    private sealed record StatedPod(string Name, string Node, string Zone, string Address)
    {
        public static StatedPod Of(int i)
        {
            (int high, int low) = Math.DivRem(i % Nodes, 256);
            return new StatedPod(
                string.Create(CultureInfo.InvariantCulture, $"service-b-{i}"),
                string.Create(CultureInfo.InvariantCulture, $"ip-10-0-{high}-{low}.eu-west-1.compute.internal"),
                string.Create(CultureInfo.InvariantCulture, $"eu-west-1{"abc"[low % 3]}"),
                string.Create(CultureInfo.InvariantCulture, $"10.0.{high}.{low}"));
        }
    }
}
