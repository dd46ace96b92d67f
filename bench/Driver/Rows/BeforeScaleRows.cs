using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;
using static Berth.Bench.Rows.EarlierBuild;

namespace Berth.Bench.Rows;

/// <summary>
/// This build against an earlier one where there is much of something, or little: connections at once, a follower of a dispatcher, one
/// core, 32 MB of heap, 10,000 targets.
/// </summary>
internal static class BeforeScaleRows
{
    private const double MaxRatio = 1.05;
    private const int AtOnce = 10_000;
    // One start of 10,000 targets differs from the next by a fifth.
    private const int TargetPairs = 12;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions now, BenchOptions before) =>
    [
        .. await BurstAsync(now, before), .. await FollowerAsync(now, before), .. await SmallAsync(now, before),
        .. await TargetsAsync(now, before),
    ];

    private static async Task<Row[]> BurstAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, 1, 3));
        await using ServerProcess ours = Servers.Berth(now, api);
        await using ServerProcess theirs = Servers.Berth(before, api);
        await Task.WhenAll(ours.ReadyAsync(), theirs.ReadyAsync());
        List<(Burst Now, Burst Before)> bursts = [];
        for (int round = 0; round < now.Rounds * 2; round++)
        {
            bursts.Add(await BothInTurnAsync(
                round, now, before, side => Burst.RunAsync((side == now ? ours : theirs).Url, AtOnce)));
        }

        int failed = bursts.Sum(static burst => burst.Now.Failed);
        return
        [
            Compare($"{AtOnce:#,0} connections at once, until all are answered", MaxRatio, bursts,
                static burst => burst.All.TotalMilliseconds, Figures.Milliseconds),
            Compare("  p99", MaxRatio, bursts, static burst => burst.P99.TotalMilliseconds, Figures.Milliseconds),
            new Row(
                "  clients without an answer", "0", $"{failed}", "", $"earlier build {bursts.Sum(static burst => burst.Before.Failed)}",
                failed == 0),
        ];
    }

    private static async Task<Row[]> FollowerAsync(BenchOptions now, BenchOptions before)
    {
        const string What = "60,000 endpoints through one dispatcher, memory";
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, 600, 100));
        await using (ServerProcess first = Servers.Berth(before, api))
        {
            await first.ReadyAsync();
            try
            {
                await RemoteRows.FollowAsync(before, first);
            }
            catch (InvalidOperationException exception)
            {
                return [new Row(What, "", "not measured: the earlier build does not start with --from", "", exception.Message, null)];
            }
        }

        List<(RemoteRows.Cost Now, RemoteRows.Cost Before)> costs = [];
        for (int round = 0; round < now.Rounds * 2; round++)
        {
            costs.Add(await BothInTurnAsync(round, now, before, async side =>
            {
                await using ServerProcess source = Servers.Berth(side, api);
                await source.ReadyAsync();
                return await RemoteRows.FollowAsync(side, source);
            }));
        }

        return
        [
            Compare(What, MaxRatio, costs, static cost => cost.Memory, Figures.Megabytes),
            Compare("  CPU, start included", MaxRatio, costs, static cost => cost.Cpu, Figures.Milliseconds),
        ];
    }

    private static async Task<Row[]> SmallAsync(BenchOptions now, BenchOptions before)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet().Add(Fleet.Service, 600, 100));
        return
        [
            .. await AtLimitAsync("one core", side => Servers.OnOneCore(side, api)),
            .. await AtLimitAsync("in 64 MB (32 MB of heap)", side => Servers.In64Megabytes(side, api)),
        ];

        async Task<Row[]> AtLimitAsync(string where, Func<BenchOptions, ServerProcess> start)
        {
            try
            {
                await SmallRows.MeasureAsync(start(before), api, before.Seconds);
            }
            catch (Exception exception) when (exception is InvalidOperationException or IOException)
            {
                return [new Row(where, "", "not measured: the earlier build ended", "", exception.Message, null)];
            }

            List<(SmallRows.Figure Now, SmallRows.Figure Before)> figures = [];
            for (int round = 0; round < now.Rounds * 2; round++)
            {
                figures.Add(await BothInTurnAsync(
                    round, now, before, side => SmallRows.MeasureAsync(start(side), api, side.Seconds)));
            }

            return
            [
                Compare($"{where}: GET /, CPU for a request", MaxRatio, figures, static figure => figure.Request, Figures.Microseconds),
                Compare("  first list of 60,000 endpoints, CPU until the first right answer", MaxRatio, figures,
                    static figure => figure.List, Figures.Milliseconds),
                Compare("  CPU for one changed slice among 600", MaxRatio, figures, static figure => figure.Change, Figures.Milliseconds),
                Compare("  memory at its largest", MaxRatio, figures, static figure => figure.Peak, Figures.Megabytes),
            ];
        }
    }

    private static async Task<Row[]> TargetsAsync(BenchOptions now, BenchOptions before)
    {
        List<(TargetRows.Cost Now, TargetRows.Cost Before)> costs = [];
        for (int round = 0; round < TargetPairs; round++)
            costs.Add(await BothInTurnAsync(round, now, before, static side => TargetRows.RunAsync(side, TargetRows.Targets)));
        return
        [
            Compare("10,000 targets of 10 pods, one namespace: memory", MaxRatio, costs, static cost => cost.Memory, Figures.Megabytes),
            Compare("  CPU until all are listed", MaxRatio, costs, static cost => cost.Start, Figures.Milliseconds),
            Compare("  CPU for one changed slice of 10 pods", MaxRatio, costs, static cost => cost.Change, Figures.Milliseconds),
        ];
    }
}
