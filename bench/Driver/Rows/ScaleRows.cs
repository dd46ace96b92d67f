using Berth.Bench.Cluster;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>Memory with 100,000 endpoints, and the CPU that one changed slice costs, with few slices and with many.</summary>
internal static class ScaleRows
{
    private const int Changes = 600;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        List<Row> rows = [];
        (double few, _) = await CostAsync(options, 10, "berth", static _ => []);
        (double many, long published) = await CostAsync(options, 1000, "berth", berth =>
        [
            new Row("memory, 100,000 endpoints in 1,000 slices", "<= 80 MB", Figures.Megabytes(berth.Resident), "", "", berth.Resident <= 80 * 1_000_000),
            new Row("  at its largest, since the start", "<= 120 MB", Figures.Megabytes(berth.Peak), "", "", berth.Peak <= 120 * 1_000_000),
        ], rows);
        (double official, _) = await CostAsync(options, 1000, "watch", static _ => []);
        rows.Add(new Row(
            "CPU for one changed slice among 1,000", "<= 1 ms", Figures.Milliseconds(many), Figures.Ratio(many / official),
            $"official client's watch {Figures.Milliseconds(official)}", many <= 1));
        rows.Add(new Row("  against 10 slices", "within 2 x", Figures.Milliseconds(many), Figures.Ratio(many / few), $"10 slices {Figures.Milliseconds(few)}", many / few <= 2));
        rows.Add(new Row($"  snapshots published for {Changes} changes", "at most one each", $"{published}", "", "", published <= Changes));
        return rows;
    }

    /// <summary>CPU milliseconds for one change, the median of rounds; and how many snapshots were published in the last.</summary>
    private static async Task<(double Milliseconds, long Published)> CostAsync(
        BenchOptions options, int slices, string way, Func<ServerProcess, IEnumerable<Row>> inspect, List<Row>? rows = null)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Servers.Service, slices, 100));
        bool ours = way == "berth";
        await using ServerProcess server = ours ? Servers.Berth(options, api) : Servers.Old(options, api, way);
        await server.ReadyAsync();
        await Servers.WatchedAsync(api);
        rows?.AddRange(inspect(server));
        List<double> costs = [];
        long published = 0;
        for (int round = 0; round < (ours ? options.Rounds : 2); round++)
        {
            // The peer cannot follow 200 a second.
            int changes = ours ? Changes : 30;
            long version = ours ? await server.MetricAsync("berth_snapshot_version", Servers.Target()) : 0;
            TimeSpan before = server.Cpu;
            await using Churn churn = new(api, ours ? 200 : 10, changes);
            await churn.Completion;
            await SettleAsync(server);
            costs.Add((server.Cpu - before).TotalMilliseconds / changes);
            published = ours ? await server.MetricAsync("berth_snapshot_version", Servers.Target()) - version : 0;
        }

        return (Figures.Median(costs), published);
    }

    /// <summary>Waits until a server has nothing left to do.</summary>
    private static async Task SettleAsync(ServerProcess server)
    {
        for (int quiet = 0; quiet < 3;)
        {
            TimeSpan before = server.Cpu;
            await Task.Delay(50);
            quiet = server.Cpu == before ? quiet + 1 : 0;
        }
    }
}
