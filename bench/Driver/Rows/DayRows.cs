using System.Diagnostics;
using Berth.Bench.Cluster;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// A day of changes in a short time: 200,000 changed slices over one connection. The memory at the end must be that of the first minute. It
/// takes some minutes, so it runs only when it is named.
/// </summary>
internal static class DayRows
{
    private const int Changes = 200_000;
    private const double PerSecond = 1000;
    private const double Longest = 230;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Servers.Service, 600, 100));
        await using ServerProcess berth = Servers.Berth(options, api);
        await berth.ReadyAsync();
        await Servers.WatchedAsync(api);
        long version = await berth.MetricAsync("berth_snapshot_version", Servers.Target());
        long began = Stopwatch.GetTimestamp();
        await using Churn churn = new(api, PerSecond, Changes);
        // After the first minute the memory has its final size.
        long first = 0;
        while (!churn.Completion.IsCompleted && Stopwatch.GetElapsedTime(began).TotalSeconds < Longest)
        {
            await Task.WhenAny(churn.Completion, Task.Delay(TimeSpan.FromSeconds(1)));
            if (Stopwatch.GetElapsedTime(began).TotalSeconds <= 60)
                first = Math.Max(first, berth.Resident);
        }

        long last = berth.Resident;
        long published = await berth.MetricAsync("berth_snapshot_version", Servers.Target()) - version;
        double ratio = (double)last / first;
        return
        [
            new Row(
                $"memory after a day's {Changes:#,0} changes", "<= 1.10 of the first minute", Figures.Megabytes(last), Figures.Ratio(ratio),
                $"first minute {Figures.Megabytes(first)}, {published:#,0} snapshots published",
                ratio <= 1.10 && churn.Completion.IsCompleted),
        ];
    }
}
