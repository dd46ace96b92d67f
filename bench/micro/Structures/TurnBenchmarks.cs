using BenchmarkDotNet.Attributes;
using Berth.Dispatcher.Json;

namespace Berth.Bench.Micro.Structures;

/// <summary>A turn to compress, taken and given back: ours, and the runtime's semaphore.</summary>
[MemoryDiagnoser]
public class TurnBenchmarks
{
    private const int Count = 1000;

    private readonly CompressionTurns _ours = new();
    private readonly SemaphoreSlim _runtime = new(1);

    [GlobalCleanup]
    public void Cleanup() => _runtime.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int Runtime()
    {
        int taken = 0;
        for (int i = 0; i < Count; i++)
        {
            if (!_runtime.Wait(0))
                continue;
            taken++;
            _runtime.Release();
        }

        return taken;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Ours()
    {
        int taken = 0;
        for (int i = 0; i < Count; i++)
        {
            if (!_ours.TryTake())
                continue;
            taken++;
            _ours.Return();
        }

        return taken;
    }
}
