using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Berth.Dispatcher.Metrics;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// A counter that one or two threads increment: ours, one number that all threads share, and the runtime's instrument with a listener that
/// adds to such a number.
/// </summary>
[MemoryDiagnoser]
public class CounterBenchmarks
{
    private const int Each = 1_000_000;

    private readonly StripedCounter _striped = new();
    private readonly Meter _meter = new("counter");
    private readonly MeterListener _listener = new();
    private Counter<long> _counter = null!;
    private long _heard;
    private long _shared;

    /// <summary>The number of threads.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _counter = _meter.CreateCounter<long>("picks");
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _heard, value));
        _listener.EnableMeasurementEvents(_counter);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Each)]
    public long Runtime() => Crowd.Run(Threads, () =>
    {
        for (int i = 0; i < Each; i++)
            Interlocked.Increment(ref _shared);
        return Interlocked.Read(ref _shared);
    });

    [Benchmark(OperationsPerInvoke = Each)]
    public long Instrument() => Crowd.Run(Threads, () =>
    {
        for (int i = 0; i < Each; i++)
            _counter.Add(1);
        return Interlocked.Read(ref _heard);
    });

    [Benchmark(OperationsPerInvoke = Each)]
    public long Ours() => Crowd.Run(Threads, () =>
    {
        for (int i = 0; i < Each; i++)
            _striped.Increment();
        return _striped.Value;
    });
}
