using System.Diagnostics;
using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// A day of changes in a short time: 200,000 changed slices over one connection. The memory of the last minute, while slices still change,
/// must be that of the first minute after the first list: the median and the maximum of readings a second apart. It takes some minutes, so
/// it runs only when it is named.
/// </summary>
internal static class DayRows
{
    private const int Changes = 200_000;
    private const double PerSecond = 1000;
    private const double MaxSeconds = 230;
    private const double MinRatio = 0.9;
    private const double MaxRatio = 1.1;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly record struct Reading(TimeSpan Time, double Resident);

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 600, 100));
        await using ServerProcess berth = Servers.Berth(options, api);
        await berth.ReadyAsync();
        await Servers.WatchedAsync(api);
        long version = await berth.MetricAsync("berth_snapshot_version", Servers.Target());
        List<Reading> readings = [];
        long began = Stopwatch.GetTimestamp();
        await using Churn churn = new(api, PerSecond, Changes);
        while (await Task.WhenAny(churn.Completion, Task.Delay(TimeSpan.FromSeconds(1))) != churn.Completion
            && Stopwatch.GetElapsedTime(began).TotalSeconds < MaxSeconds)
        {
            readings.Add(new Reading(Stopwatch.GetElapsedTime(began), berth.Resident));
        }

        long published = await berth.MetricAsync("berth_snapshot_version", Servers.Target()) - version;
        bool complete = churn.Completion.IsCompleted;
        double[] first = Between(readings, TimeSpan.Zero, s_minute);
        double[] last = Between(readings, readings[^1].Time - s_minute, readings[^1].Time);
        return
        [
            Compare(
                $"memory in the last minute of {churn.Changes:#,0} changes, median", Figures.Median(last), Figures.Median(first),
                $", {published:#,0} snapshots published", complete),
            Compare("  maximum", last.Max(), first.Max(), "", complete),
        ];
    }

    private static double[] Between(List<Reading> readings, TimeSpan from, TimeSpan to) =>
        [.. readings.Where(reading => reading.Time >= from && reading.Time <= to).Select(static reading => reading.Resident)];

    private static Row Compare(string what, double last, double first, string more, bool complete)
    {
        double ratio = last / first;
        return new Row(
            what, "within 10% of the first minute", Figures.Megabytes(last), Figures.Ratio(ratio),
            $"first minute {Figures.Megabytes(first)}{more}", complete && ratio is >= MinRatio and <= MaxRatio);
    }
}
