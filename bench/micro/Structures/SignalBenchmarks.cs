using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Berth.Dispatcher.Watching;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// 1,000 watchers that wait, and are woken: by our own signal, and by the runtime's channel with room for one item. And their memory.
/// </summary>
[MemoryDiagnoser]
public class SignalBenchmarks
{
    private const int Count = 1000;

    private readonly Watcher[] _ours = [.. Enumerable.Range(0, Count).Select(static _ => new Watcher())];
    private readonly Channel<bool>[] _channels = [.. Enumerable.Range(0, Count).Select(static _ => NewChannel())];
    private readonly ValueTask[] _waits = new ValueTask[Count];
    private readonly ValueTask<bool>[] _reads = new ValueTask<bool>[Count];

    // Each wait is awaited once, after the watcher was woken.
#pragma warning disable CA2012
    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public async Task WakeRuntimeAsync()
    {
        for (int i = 0; i < Count; i++)
            _reads[i] = _channels[i].Reader.ReadAsync();
        foreach (Channel<bool> channel in _channels)
            channel.Writer.TryWrite(true);
        foreach (ValueTask<bool> read in _reads)
            await read;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public async Task WakeOursAsync()
    {
        for (int i = 0; i < Count; i++)
            _waits[i] = _ours[i].ForNewsAsync();
        foreach (Watcher watcher in _ours)
            watcher.Wake();
        foreach (ValueTask wait in _waits)
            await wait;
    }
#pragma warning restore CA2012

    [Benchmark(OperationsPerInvoke = Count)]
    public object CreateRuntime()
    {
        for (int i = 0; i < Count; i++)
            _channels[i] = NewChannel();
        return _channels;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public object CreateOurs()
    {
        for (int i = 0; i < Count; i++)
            _ours[i] = new Watcher();
        return _ours;
    }

    private static Channel<bool> NewChannel() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });

    private sealed class Watcher : WatchSignal
    {
        public ValueTask ForNewsAsync() => WaitAsync();
    }
}
