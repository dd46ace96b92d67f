using Berth.Bench.Cluster;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>From starting the program to its first right answer, with list and all.</summary>
internal static class StartRows
{
    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Servers.Service, 1, 3));
        List<double> ours = [];
        List<double> theirs = [];
        for (int round = 0; round < Math.Max(options.Rounds, 9); round++)
        {
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
