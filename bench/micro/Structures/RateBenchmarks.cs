using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using BenchmarkDotNet.Attributes;
using Berth.Dispatcher.Clients;

namespace Berth.Bench.Micro.Structures;

/// <summary>
/// The rate of requests of 10,000 clients: in our own table, in the runtime's limiter with a bucket of tokens for each client, and with the
/// rule of our table in a dictionary that many threads share.
/// </summary>
[MemoryDiagnoser]
public class RateBenchmarks
{
    private const int Clients = 10_000;
    private const int PerSecond = 1_000_000;

    private readonly UInt128[] _clients = [.. Enumerable.Range(1, Clients).Select(static i => (UInt128)i << 64)];
    private readonly RateTable _table = NewTable();
    private readonly PartitionedRateLimiter<UInt128> _limiter = NewLimiter();
    private readonly ConcurrentDictionary<UInt128, Due> _dues = new();

    [Benchmark(Baseline = true, OperationsPerInvoke = Clients)]
    public int Runtime() => Take(_limiter);

    [Benchmark(OperationsPerInvoke = Clients)]
    public int Dictionary() => Take(_dues);

    [Benchmark(OperationsPerInvoke = Clients)]
    public int Ours() => Take(_table);

    [Benchmark(OperationsPerInvoke = Clients)]
    public int RuntimeFirst()
    {
        using PartitionedRateLimiter<UInt128> limiter = NewLimiter();
        return Take(limiter);
    }

    [Benchmark(OperationsPerInvoke = Clients)]
    public int DictionaryFirst() => Take(new ConcurrentDictionary<UInt128, Due>());

    [Benchmark(OperationsPerInvoke = Clients)]
    public int OursFirst() => Take(NewTable());

    private static RateTable NewTable() => new(PerSecond, PerSecond, TimeProvider.System);

    private static PartitionedRateLimiter<UInt128> NewLimiter() => PartitionedRateLimiter.Create<UInt128, UInt128>(static client =>
        RateLimitPartition.GetTokenBucketLimiter(client, static _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = PerSecond,
            TokensPerPeriod = PerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));

    private int Take(PartitionedRateLimiter<UInt128> limiter)
    {
        int taken = 0;
        foreach (UInt128 client in _clients)
        {
            using RateLimitLease lease = limiter.AttemptAcquire(client);
            taken += lease.IsAcquired ? 1 : 0;
        }

        return taken;
    }

    private int Take(ConcurrentDictionary<UInt128, Due> dues)
    {
        int taken = 0;
        foreach (UInt128 client in _clients)
            taken += dues.GetOrAdd(client, static _ => new Due()).TryTake() ? 1 : 0;
        return taken;
    }

    private int Take(RateTable table)
    {
        int taken = 0;
        foreach (UInt128 client in _clients)
            taken += table.Take(client) == TimeSpan.Zero ? 1 : 0;
        return taken;
    }

    private sealed class Due
    {
        private static readonly long s_cost = TimeProvider.System.TimestampFrequency / PerSecond;

        private long _at;

        public bool TryTake()
        {
            long now = TimeProvider.System.GetTimestamp();
            while (true)
            {
                long at = Volatile.Read(ref _at);
                long due = Math.Max(at, now);
                if (due - now > s_cost * (PerSecond - 1))
                    return false;
                if (Interlocked.CompareExchange(ref _at, due + s_cost, at) == at)
                    return true;
            }
        }
    }
}
