using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// GET / of a set of 60,000 endpoints while 200 of its 600 slices change each second, compared with the same without changes.
/// </summary>
internal static class ChurnRows
{
    private const double PerSecond = 200;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 600, 100));
        await using ServerProcess berth = Servers.Berth(options, api);
        await berth.ReadyAsync();
        await Servers.WatchedAsync(api);
        await Wrk.RunAsync(berth.Url, 1);
        List<Wrk> quiet = [];
        List<Wrk> busy = [];
        // Twice the rounds of other rows, because three programs share the cores here, and the tail of one round is not reliable.
        for (int round = 0; round < (2 * options.Rounds) + 1; round++)
        {
            await options.Turn();
            // The side that goes first in one round goes second in the next.
            if (round % 2 == 0)
                quiet.Add(await Wrk.RunAsync(berth.Url, options.Seconds));
            await using (Churn churn = new(api, PerSecond))
                busy.Add(await Wrk.RunAsync(berth.Url, options.Seconds));
            if (round % 2 == 1)
                quiet.Add(await Wrk.RunAsync(berth.Url, options.Seconds));
        }

        double throughput = Figures.Median(busy.Zip(quiet, static (b, q) => b.PerSecond / q.PerSecond));
        double latency = Figures.Median(busy.Zip(quiet, static (b, q) => b.P99 / q.P99));
        return
        [
            new Row(
                $"GET / while {Math.Min(PerSecond, api.MostChangesPerSecond)} slices/s change, throughput", ">= 0.90 of quiet",
                Figures.PerSecond(Figures.Median(busy.Select(static b => b.PerSecond))),
                Figures.Ratio(throughput), $"quiet {Figures.PerSecond(Figures.Median(quiet.Select(static q => q.PerSecond)))}",
                throughput >= 0.9),
            new Row(
                "  p99", "< 2 x quiet", Figures.Milliseconds(Figures.Median(busy.Select(static b => b.P99.TotalMilliseconds))),
                Figures.Ratio(latency), $"quiet {Figures.Milliseconds(Figures.Median(quiet.Select(static q => q.P99.TotalMilliseconds)))}",
                latency < 2),
        ];
    }
}
