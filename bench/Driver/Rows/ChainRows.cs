using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// The time from an event of the API server until the third of three dispatchers in a row answers with the new address.
/// </summary>
internal static class ChainRows
{
    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 1, 1));
        await using ServerProcess first = Servers.Berth(options, api);
        await first.ReadyAsync();
        await using ServerProcess second = Servers.Remote(options, first);
        await second.ReadyAsync();
        await using ServerProcess third = Servers.Remote(options, second);
        await third.ReadyAsync();
        await Servers.WatchedAsync(api);
        double[] times = await EventRows.SampleAsync(api, third.Url, turn: options.Turn);
        double median = Figures.Median(times);
        return [new Row(
            "a change through three dispatchers in a row, median", "< 5 ms", Figures.Milliseconds(median), "",
            $"p99 {Figures.Milliseconds(times[times.Length * 99 / 100])}", median < 5)];
    }
}
