using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// GET / compared with the usual service A over the official client. These rows have no targets; they show the alternatives.
/// </summary>
internal static class OldWayRows
{
    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        List<Row> rows = [];
        foreach ((string way, string name) in new[] { ("get", "official client, a GET per request"),
            ("watch", "official client, watch and dictionary") })
        {
            await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 1, 3));
            await using ServerProcess berth = Servers.Berth(options, api);
            await using ServerProcess old = Servers.Old(options, api, way);
            await berth.ReadyAsync();
            await old.ReadyAsync();
            await Wrk.RunAsync(old.Url, 2);
            List<double> ours = [];
            List<double> theirs = [];
            for (int round = 0; round < options.Rounds; round++)
            {
                await options.Turn();
                ours.Add((await Wrk.RunAsync(berth.Url, 1)).PerSecond);
                theirs.Add((await Wrk.RunAsync(old.Url, 1)).PerSecond);
            }

            rows.Add(new Row(
                $"GET / against: {name}", "", Figures.PerSecond(Figures.Median(ours)), Figures.Ratio(
                    Figures.Median(ours.Zip(theirs, static (a, b) => a / b))),
                $"{Figures.PerSecond(Figures.Median(theirs))}, {Figures.Megabytes(old.Resident)} (ours " +
                $"{Figures.Megabytes(berth.Resident)})",
                null));
        }

        return rows;
    }
}
