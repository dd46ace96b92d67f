using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Berth.Dispatcher.Metrics;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// A histogram of durations that one or two threads add to: ours, one array that all threads share, and the runtime's instrument with a
/// listener that adds to such an array.
/// </summary>
[MemoryDiagnoser]
public class DurationBenchmarks
{
    private const int Each = 1_000_000;
    private const int Buckets = 18;

    private readonly DurationCells _cells = new(Buckets);
    private readonly long[] _shared = new long[Buckets + 1];
    private readonly long[] _heard = new long[Buckets + 1];
    private readonly Meter _meter = new("duration");
    private readonly MeterListener _listener = new();
    private Histogram<long> _histogram = null!;

    /// <summary>The number of threads.</summary>
    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _histogram = _meter.CreateHistogram<long>("duration");
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Add(_heard, (int)value));
        _listener.EnableMeasurementEvents(_histogram);
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
            Add(_shared, i & 3);
        return Interlocked.Read(ref _shared[Buckets]);
    });

    [Benchmark(OperationsPerInvoke = Each)]
    public long Instrument() => Crowd.Run(Threads, () =>
    {
        for (int i = 0; i < Each; i++)
            _histogram.Record(i & 3);
        return Interlocked.Read(ref _heard[Buckets]);
    });

    [Benchmark(OperationsPerInvoke = Each)]
    public long Ours() => Crowd.Run(Threads, () =>
    {
        for (int i = 0; i < Each; i++)
            _cells.Add(i & 3, i & 3);
        return _cells.Read(stackalloc long[Buckets]);
    });

    private static void Add(long[] cells, int ticks)
    {
        Interlocked.Increment(ref cells[ticks]);
        Interlocked.Add(ref cells[Buckets], ticks);
    }
}
