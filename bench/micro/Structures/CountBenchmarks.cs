using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using Berth.Dispatcher.Clients;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// One connection of each of 10,000 clients, counted at its start and at its end: in our own table, in the runtime's dictionary for many
/// threads, and in the runtime's limiter. No side keeps a client that has left.
/// </summary>
[MemoryDiagnoser]
public class CountBenchmarks
{
    private const int Clients = 10_000;
    private const int Max = 100;

    private readonly UInt128[] _clients = [.. Enumerable.Range(1, Clients).Select(static i => (UInt128)i << 64)];
    private readonly CountTable _table = new(Max);
    private readonly ConcurrentDictionary<UInt128, int> _counts = new();
    private readonly PartitionedRateLimiter<UInt128> _limiter = PartitionedRateLimiter.Create<UInt128, UInt128>(static client =>
        RateLimitPartition.GetConcurrencyLimiter(client, static _ => new ConcurrencyLimiterOptions { PermitLimit = Max }));

    private readonly RateLimitLease[] _leases = new RateLimitLease[Clients];

    [Benchmark(Baseline = true, OperationsPerInvoke = Clients)]
    public int Runtime()
    {
        int entered = 0;
        foreach (UInt128 client in _clients)
            entered += TryEnter(client) ? 1 : 0;
        foreach (UInt128 client in _clients)
            Leave(client);
        return entered;
    }

    [Benchmark(OperationsPerInvoke = Clients)]
    public int Limiter()
    {
        int entered = 0;
        for (int i = 0; i < Clients; i++)
        {
            _leases[i] = _limiter.AttemptAcquire(_clients[i]);
            entered += _leases[i].IsAcquired ? 1 : 0;
        }

        foreach (RateLimitLease lease in _leases)
            lease.Dispose();
        return entered;
    }

    [Benchmark(OperationsPerInvoke = Clients)]
    public int Ours()
    {
        int entered = 0;
        foreach (UInt128 client in _clients)
            entered += _table.TryEnter(client) ? 1 : 0;
        foreach (UInt128 client in _clients)
            _table.Leave(client);
        return entered;
    }

    private bool TryEnter(UInt128 client)
    {
        while (true)
        {
            if (!_counts.TryGetValue(client, out int count))
            {
                if (_counts.TryAdd(client, 1))
                    return true;
            }
            else if (count >= Max)
            {
                return false;
            }
            else if (_counts.TryUpdate(client, count + 1, count))
            {
                return true;
            }
        }
    }

    private void Leave(UInt128 client)
    {
        while (true)
        {
            int count = _counts[client];
            if (count == 1 ? _counts.TryRemove(new KeyValuePair<UInt128, int>(client, 1)) : _counts.TryUpdate(client, count - 1, count))
                return;
        }
    }
}
