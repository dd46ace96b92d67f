using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// 10,000 targets of 10 pods in one namespace, in one process. "In proportion" means that the second 5,000 cost as much as the first 5,000.
/// The comparison is one target with as many pods.
/// </summary>
internal static class TargetRows
{
    public const int Targets = 10_000;
    private const int Changes = 600;

    /// <param name="Memory">Resident bytes when all are listed.</param>
    /// <param name="Start">CPU until all are listed, in milliseconds.</param>
    /// <param name="Change">CPU for one changed slice, in milliseconds.</param>
    /// <param name="Watches">The watches at the API server.</param>
    public readonly record struct Cost(double Memory, double Start, double Change, int Watches);

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        (double oneMemory, double oneStart, double oneChange, _) = await RunAsync(
            options, new Fleet().Add(Fleet.Service, 600, 100), [Fleet.Service]);
        (double baseMemory, double baseStart, _, _) = await RunAsync(options, 1);
        (double someMemory, double someStart, _, _) = await RunAsync(options, Targets / 2);
        (double memory, double start, double change, int watches) = await RunAsync(options, Targets);
        double memoryRatio = (memory - someMemory) / (someMemory - baseMemory);
        double startRatio = (start - someStart) / (someStart - baseStart);
        return
        [
            new Row("10,000 targets of 10 pods, one namespace: watches", "1", $"{watches}", "", "", watches == 1),
            new Row(
                "  memory", "in proportion", Figures.Megabytes(memory), Figures.Ratio(memoryRatio),
                $"5,000 targets {Figures.Megabytes(someMemory)}, one of 60,000 pods {Figures.Megabytes(oneMemory)}",
                memoryRatio <= 1.25),
            new Row(
                "  CPU until all are listed", "in proportion", Figures.Milliseconds(start), Figures.Ratio(startRatio),
                $"5,000 targets {Figures.Milliseconds(someStart)}, one of 60,000 pods {Figures.Milliseconds(oneStart)}",
                startRatio <= 1.25),
            new Row(
                "  CPU for one changed slice of 10 pods", "<= 1 ms", Figures.Milliseconds(change), Figures.Ratio(change / oneChange),
                $"one target, slice of 100 {Figures.Milliseconds(oneChange)}", change <= 1),
        ];
    }

    /// <summary>A number of targets of 10 pods.</summary>
    public static Task<Cost> RunAsync(BenchOptions options, int targets) => RunAsync(
        options, new Fleet().AddMany("s", targets, 10),
        [.. Enumerable.Range(0, targets).Select(static i => FormattableString.Invariant($"s-{i:d5}"))]);

    private static async Task<Cost> RunAsync(BenchOptions options, Fleet fleet, string[] services)
    {
        await options.Turn();
        await using IApiServer api = await options.StartApi(fleet);
        await using ServerProcess berth = Servers.Berth(options, api, services);
        await berth.ReadyAsync();
        await ReadyAsync(berth);
        await Servers.WatchedAsync(api);
        double start = berth.Cpu.TotalMilliseconds;
        double memory = berth.Resident;
        int watches = await api.CountWatchesAsync();
        TimeSpan before = berth.Cpu;
        await using Churn churn = new(api, 200, Changes);
        await churn.Completion;
        await Task.Delay(200);
        return new Cost(memory, start, (berth.Cpu - before).TotalMilliseconds / Changes, watches);
    }

    private static async Task ReadyAsync(ServerProcess berth)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                await berth.GetAsync("/readyz");
                return;
            }
            catch (HttpRequestException) when (i < 600)
            {
                await Task.Delay(100);
            }
        }
    }
}
