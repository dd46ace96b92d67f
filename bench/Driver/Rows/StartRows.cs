using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>The time from the start of the program to its first right answer, the first list included.</summary>
internal static class StartRows
{
    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 1, 3));
        List<double> ours = [];
        List<double> theirs = [];
        for (int round = 0; round < Math.Max(options.Rounds, 9); round++)
        {
            await options.Turn();
            await using (ServerProcess berth = Servers.Berth(options, api))
                ours.Add((await berth.ReadyAsync()).TotalMilliseconds);
            await using ServerProcess bare = Servers.Bare(options);
            theirs.Add((await bare.ReadyAsync()).TotalMilliseconds);
        }

        double median = Figures.Median(ours);
        return
        [
            new Row(
                "start to the first right answer", "<= 100 ms", Figures.Milliseconds(median), Figures.Ratio(
                    Figures.Median(ours.Zip(theirs, static (a, b) => a / b))),
                $"bare Kestrel {Figures.Milliseconds(Figures.Median(theirs))}", median <= 100),
        ];
    }
}
