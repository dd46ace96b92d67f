using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;
using static Berth.Bench.Rows.EarlierBuild;

namespace Berth.Bench.Rows;

/// <summary>
/// This build against an earlier one, with fresh processes in turn: connections that Kestrel answers, start, the first list, idle
/// watchers; and TLS handshakes and GET / while slices change.
/// </summary>
internal static class BeforeFreshRows
{
    private const int Slices = 600;
    private const int ListPairs = 6;
    // Two processes of the same program differ by a tenth, so both are started for each pair.
    private const int HandedOverPairs = 12;
    private const double MaxHandedOver = 1.05;
    private const int Changes = 600;
    private const int ChangesForAll = 5;
    private const int Starts = 12;
    private const int Clients = 10_000;
    private const int ChangesPerSecond = 200;
    private const double MaxRatio = 1.02;
    private const double MaxP99 = 1.05;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi few = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, 1, 3));
        return
        [
            .. await HandedOverAsync(now, before, few), await StartAsync(now, before, few), .. await ListedAsync(now, before),
            .. await WatchersAsync(now, before, few), await TlsAsync(now, before, few),
            .. await ChurnAsync(now, before),
        ];
    }

    private static async Task<Row[]> HandedOverAsync(BenchOptions now, BenchOptions before, FakeApi api)
    {
        List<(Answered Now, Answered Before)> both = [];
        for (int round = 0; round < HandedOverPairs; round++)
        {
            both.Add(await BothInTurnAsync(round, now, before, async side =>
            {
                await using ServerProcess server = Servers.Berth(side, api);
                await server.ReadyAsync();
                await Wrk.RunAsync(server.Url + "/healthz", 1, once: true);
                TimeSpan cpu = server.Cpu;
                Wrk load = await Wrk.RunAsync(server.Url + "/healthz", now.Seconds, once: true);
                return new Answered((server.Cpu - cpu).TotalMicroseconds / load.Requests, 1e6 / load.PerSecond);
            }));
        }

        return
        [
            Compare("GET /healthz on a new connection each, which Kestrel answers, CPU", MaxHandedOver, both,
                static side => side.Cpu, Figures.Microseconds),
            Compare("  time for one, 32 clients at once", MaxHandedOver, both, static side => side.Time, Figures.Microseconds),
        ];
    }

    private static async Task<Row> StartAsync(BenchOptions now, BenchOptions before, FakeApi api)
    {
        List<Pair> times = [];
        for (int round = 0; round < Starts; round++)
        {
            times.Add(await InTurnAsync(round, now, before, async side =>
            {
                await using ServerProcess server = Servers.Berth(side, api);
                return (await server.ReadyAsync()).TotalMilliseconds;
            }));
        }

        return Compare("start to the first right answer", MaxRatio, times, Figures.Milliseconds);
    }

    private static async Task<Row[]> ListedAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, Slices, 100));
        List<(Listed Now, Listed Before)> both = [];
        for (int round = 0; round < ListPairs; round++)
        {
            both.Add(await BothInTurnAsync(round, now, before, async side =>
            {
                await using ServerProcess server = Servers.Berth(side, api);
                await server.ReadyAsync();
                double cpu = server.Cpu.TotalMilliseconds;
                await server.SettleAsync();
                double memory = server.Resident;
                await Servers.WatchedAsync(api);
                await using (Churn churn = new(api, ChangesPerSecond, Changes))
                    await churn.Completion;
                await server.SettleAsync();
                return new Listed(cpu, memory, server.Resident);
            }));
        }

        return
        [
            Compare($"first list of {Slices * 100:#,0} endpoints, CPU until the first right answer", MaxRatio, both,
                static side => side.Cpu, Figures.Milliseconds),
            Compare("  memory after it", MaxRatio, both, static side => side.Memory, Figures.Megabytes),
            Compare($"  memory after {Changes} changed slices", MaxRatio, both, static side => side.After, Figures.Megabytes),
        ];
    }

    private static async Task<Row[]> WatchersAsync(BenchOptions now, BenchOptions before, FakeApi api)
    {
        List<(Watched Now, Watched Before)> both = [];
        for (int round = 0; round < now.Rounds; round++)
        {
            both.Add(await BothInTurnAsync(round, now, before, async side =>
            {
                await using ServerProcess server = Servers.Berth(side, api);
                await server.ReadyAsync();
                await Servers.WatchedAsync(api);
                await Wrk.RunAsync(server.Url, 1);
                double resident = server.Resident;
                using Watchers watchers = new();
                await watchers.ConnectAsync(server.Url, Servers.Target(), Clients);
                await server.SettleAsync();
                double memory = (server.Resident - resident) / Clients;
                TimeSpan cpu = server.Cpu;
                for (int change = 0; change < ChangesForAll; change++)
                {
                    await api.ChangeAsync(0);
                    await watchers.ReceiveAllAsync(RawClient.Bytes(api.FirstAddress(0)));
                }

                await server.SettleAsync();
                return new Watched(memory, (server.Cpu - cpu).TotalMilliseconds / ChangesForAll);
            }));
        }

        return
        [
            Compare($"{Clients:#,0} idle watchers, memory each", MaxRatio, both, static side => side.Memory, Figures.Kilobytes),
            Compare("  CPU for a change to reach all", MaxRatio, both, static side => side.Cpu, Figures.Milliseconds),
        ];
    }

    private static async Task<Row> TlsAsync(BenchOptions now, BenchOptions before, FakeApi api)
    {
        const string What = "TLS 1.3, full handshake and GET /, CPU";
        using ServerPair pair = new();
        await using ServerProcess theirs = Servers.OverTls(before, api, pair);
        try
        {
            await theirs.ReadyAsync();
        }
        catch (InvalidOperationException exception)
        {
            return new Row(What, "", "not measured: the earlier build does not start with --tls-cert", "", exception.Message, null);
        }

        await using ServerProcess ours = Servers.OverTls(now, api, pair);
        await ours.ReadyAsync();
        await Handshakes.RunAsync(ours.Url, 1, resume: false);
        await Handshakes.RunAsync(theirs.Url, 1, resume: false);
        List<Pair> costs = [];
        for (int round = 0; round < now.Rounds * 2; round++)
        {
            costs.Add(await InTurnAsync(round, ours, theirs, async server =>
            {
                TimeSpan cpu = server.Cpu;
                Handshakes load = await Handshakes.RunAsync(server.Url, now.Seconds, resume: false);
                return (server.Cpu - cpu).TotalMicroseconds / load.Count;
            }));
        }

        return Compare(What, MaxRatio, costs, Figures.Microseconds);
    }

    private static async Task<Row[]> ChurnAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, Slices, 100));
        await using FakeApi other = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, Slices, 100));
        await using ServerProcess ours = Servers.Berth(now, api);
        await using ServerProcess theirs = Servers.Berth(before, other);
        await Task.WhenAll(ours.ReadyAsync(), theirs.ReadyAsync());
        await Task.WhenAll(Servers.WatchedAsync(api), Servers.WatchedAsync(other));
        List<(Churned Now, Churned Before)> both = [];
        for (int round = 0; round < now.Rounds * 2; round++)
        {
            both.Add(await BothInTurnAsync(round, now, before, async side =>
            {
                ServerProcess server = side == now ? ours : theirs;
                TimeSpan cpu = server.Cpu;
                await using Churn churn = new(side == now ? api : other, ChangesPerSecond);
                Wrk load = await Wrk.RunAsync(server.Url, now.Seconds);
                return new Churned((server.Cpu - cpu).TotalMicroseconds / load.Requests, load.P99.TotalMilliseconds);
            }));
        }

        return
        [
            Compare($"GET / while {ChangesPerSecond} slices/s change, CPU for a request", MaxRatio, both,
                static side => side.Cpu, Figures.Microseconds),
            Compare("  p99", MaxP99, both, static side => side.P99, Figures.Milliseconds),
        ];
    }

    /// <param name="Cpu">CPU for a request, in microseconds.</param>
    /// <param name="Time">The time of the load for each request, in microseconds.</param>
    private readonly record struct Answered(double Cpu, double Time);

    /// <param name="Cpu">Until the first right answer, in milliseconds.</param>
    /// <param name="Memory">Resident bytes after the first list.</param>
    /// <param name="After">Resident bytes after changes.</param>
    private readonly record struct Listed(double Cpu, double Memory, double After);

    /// <param name="Memory">Bytes for each watcher.</param>
    /// <param name="Cpu">For one change, in milliseconds.</param>
    private readonly record struct Watched(double Memory, double Cpu);

    /// <param name="Cpu">For a request, in microseconds.</param>
    /// <param name="P99">In milliseconds.</param>
    private readonly record struct Churned(double Cpu, double P99);
}
