using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;
using static Berth.Bench.Rows.EarlierBuild;

namespace Berth.Bench.Rows;

/// <summary>
/// This build against an earlier one, with fresh processes in turn: start, memory after the first list, idle watchers; and TLS handshakes
/// and GET / while slices change.
/// </summary>
internal static class BeforeFreshRows
{
    private const int Slices = 600;
    private const int MemoryPairs = 6;
    private const int Starts = 12;
    private const int Clients = 10_000;
    private const int ChangesPerSecond = 200;
    private const double MaxRatio = 1.02;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi few = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, 1, 3));
        return
        [
            await StartAsync(now, before, few), await MemoryAsync(now, before), await WatchersAsync(now, before, few),
            await TlsAsync(now, before, few), await ChurnAsync(now, before),
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

    private static async Task<Row> MemoryAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, Slices, 100));
        List<Pair> memory = [];
        for (int round = 0; round < MemoryPairs; round++)
        {
            memory.Add(await InTurnAsync(round, now, before, async side =>
            {
                await using ServerProcess server = Servers.Berth(side, api);
                await server.ReadyAsync();
                await server.SettleAsync();
                return server.Resident;
            }));
        }

        return Compare($"memory after the first list of {Slices * 100:#,0} endpoints", MaxRatio, memory, Figures.Megabytes);
    }

    private static async Task<Row> WatchersAsync(BenchOptions now, BenchOptions before, FakeApi api)
    {
        List<Pair> memory = [];
        for (int round = 0; round < now.Rounds; round++)
        {
            memory.Add(await InTurnAsync(round, now, before, async side =>
            {
                await using ServerProcess server = Servers.Berth(side, api);
                await server.ReadyAsync();
                await Wrk.RunAsync(server.Url, 1);
                double resident = server.Resident;
                using Watchers watchers = new();
                await watchers.ConnectAsync(server.Url, Servers.Target(), Clients);
                await server.SettleAsync();
                return (server.Resident - resident) / Clients;
            }));
        }

        return Compare($"{Clients:#,0} idle watchers, memory each", MaxRatio, memory, Figures.Kilobytes);
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

    private static async Task<Row> ChurnAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, Slices, 100));
        await using FakeApi other = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, Slices, 100));
        await using ServerProcess ours = Servers.Berth(now, api);
        await using ServerProcess theirs = Servers.Berth(before, other);
        await Task.WhenAll(ours.ReadyAsync(), theirs.ReadyAsync());
        await Task.WhenAll(Servers.WatchedAsync(api), Servers.WatchedAsync(other));
        List<Pair> costs = [];
        for (int round = 0; round < now.Rounds * 2; round++)
        {
            costs.Add(await InTurnAsync(round, ours, theirs, async server =>
            {
                TimeSpan cpu = server.Cpu;
                await using Churn churn = new(server == ours ? api : other, ChangesPerSecond);
                Wrk load = await Wrk.RunAsync(server.Url, now.Seconds);
                return (server.Cpu - cpu).TotalMicroseconds / load.Requests;
            }));
        }

        return Compare($"GET / while {ChangesPerSecond} slices/s change, CPU for a request", MaxRatio, costs, Figures.Microseconds);
    }
}
