using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;
using static Berth.Bench.Rows.EarlierBuild;

namespace Berth.Bench.Rows;

/// <summary>
/// This build against an earlier one, in turn, in one run: GET /, change, event, first list and memory, and the rows of
/// <see cref="BeforeFreshRows"/> and <see cref="BeforeScaleRows"/>. What the earlier build cannot do is a row that says so.
/// </summary>
internal static class BeforeRows
{
    private const int Slices = 600;
    private const int Changes = 600;
    private const int ChangesPerSecond = 200;
    private const int Loads = 2;
    // A list takes so little time that 12 pairs of equal programs differed by up to a seventh.
    private const int ListPairs = 40;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        if (options.Before is not { } before)
            return [new Row("this build against an earlier one", "", "not measured: give --before PROGRAM", "", "", null)];
        BenchOptions earlier = options with { Berth = before, Clients = options.BeforeClients ?? options.Clients };
        return
        [
            .. await RootAsync(options, earlier), await ChangeAsync(options, earlier), await EventAsync(options, earlier),
            .. await ListAsync(options, earlier), .. await BeforeFreshRows.MeasureAsync(options, earlier),
            .. await BeforeScaleRows.MeasureAsync(options, earlier),
        ];
    }

    private static async Task<IEnumerable<Row>> RootAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, 1, 3));
        await using ServerProcess ours = Servers.Berth(now, api);
        await using ServerProcess theirs = Servers.Berth(before, api);
        await Servers.WatchedAsync(api, 2);
        (List<Pair> kept, List<Pair> once, List<Pair> memory) = ([], [], []);
        foreach (ServerProcess server in new[] { ours, theirs })
        {
            await server.ReadyAsync();
            await Wrk.RunAsync(server.Url, 1);
            await Wrk.RunAsync(server.Url, 1, once: true);
        }

        for (int round = 0; round < now.Rounds * Loads; round++)
        {
            kept.Add(await InTurnAsync(round, ours, theirs, server => RequestAsync(server, now.Seconds, once: false)));
            once.Add(await InTurnAsync(round, ours, theirs, server => RequestAsync(server, now.Seconds, once: true)));
            memory.Add(new Pair(ours.Resident, theirs.Resident));
        }

        double more = Figures.Median(memory.Select(static pair => pair.Now - pair.Before));
        return
        [
            Compare("GET /, CPU for a request", 1.02, kept, Figures.Microseconds),
            Compare("GET / on a new connection each, CPU for a request", 1.02, once, Figures.Microseconds),
            new Row(
                "memory under GET /, three endpoints", "<= 1 MB above the earlier build",
                Figures.Megabytes(Figures.Median(memory.Select(static pair => pair.Now))), Figures.Megabytes(more),
                $"earlier build {Figures.Megabytes(Figures.Median(memory.Select(static pair => pair.Before)))}", more <= 1_000_000),
        ];
    }

    private static async Task<double> RequestAsync(ServerProcess server, int seconds, bool once)
    {
        TimeSpan before = server.Cpu;
        Wrk load = await Wrk.RunAsync(server.Url, seconds, once: once);
        return (server.Cpu - before).TotalMicroseconds / load.Requests;
    }

    private static async Task<Row> ChangeAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, Slices, 100));
        await using FakeApi other = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, Slices, 100));
        await using ServerProcess ours = Servers.Berth(now, api);
        await using ServerProcess theirs = Servers.Berth(before, other);
        await Task.WhenAll(ours.ReadyAsync(), theirs.ReadyAsync());
        await Task.WhenAll(Servers.WatchedAsync(api), Servers.WatchedAsync(other));
        List<Pair> costs = [];
        for (int round = 0; round < now.Rounds * Loads; round++)
            costs.Add(await InTurnAsync(round, ours, theirs, server => CostAsync(server, server == ours ? api : other)));
        return Compare($"CPU for one changed slice among {Slices}", 1.02, costs, Figures.Milliseconds);
    }

    private static async Task<double> CostAsync(ServerProcess server, FakeApi api)
    {
        TimeSpan before = server.Cpu;
        await using Churn churn = new(api, ChangesPerSecond, Changes);
        await churn.Completion;
        await server.SettleAsync();
        return (server.Cpu - before).TotalMilliseconds / Changes;
    }

    private static async Task<Row> EventAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, 1, 1));
        await using ServerProcess ours = Servers.Berth(now, api);
        await using ServerProcess theirs = Servers.Berth(before, api);
        await Task.WhenAll(ours.ReadyAsync(), theirs.ReadyAsync());
        await Servers.WatchedAsync(api, 2);
        List<Pair> times = [];
        for (int round = 0; round < now.Rounds * Loads; round++)
        {
            times.Add(await InTurnAsync(
                round, ours, theirs, async server => Figures.Median(await EventRows.SampleAsync(api, server.Url))));
        }

        return Compare("from the API's event to the answer, median", 1.02, times, Figures.Milliseconds);
    }

    private static async Task<IEnumerable<Row>> ListAsync(BenchOptions now, BenchOptions before)
    {
        string what = $"first list of {Slices * 100:#,0} endpoints";
        if (now.BeforeClients is null)
            return [new Row(what, "", "not measured: give --before-clients PROGRAM", "", "", null)];
        await using FakeApi api = await FakeApi.StartAsync(
            new Fleet().Add(Fleet.Service, Slices, 100).Add(FirstListRows.WarmUp, Slices, 10));
        List<(ListCost Now, ListCost Before)> lists = [];
        for (int round = 0; round < ListPairs; round++)
        {
            lists.Add(await BothInTurnAsync(
                round, now, before, side => FirstListRows.RunAsync(side, api.Kubeconfig, Slices * 100, "list-berth")));
        }

        return
        [
            Compare($"{what}, time", 1.02, lists, static cost => cost.Wall, Figures.Milliseconds),
            Compare("  CPU", 1.02, lists, static cost => cost.Cpu, Figures.Milliseconds),
            Compare("  memory: allocated", 1.02, lists, static cost => cost.Allocated, Figures.Megabytes),
        ];
    }
}
