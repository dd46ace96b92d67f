using Berth.Bench.Cluster;
using Berth.Bench.Cluster.Real;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// The rows that use the API, with a real kube-apiserver and 100,000 endpoints in 1,000 slices, compared with the fake server and with the
/// Go program. With base port 3000 there are not enough ports for so many pods in one set, so there are two sets.
/// </summary>
internal static class AssetRows
{
    private const int Changes = 200;

    private static readonly string[] s_halves = [Fleet.Service, "service-c"];

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using RealApi real = await RealApi.StartAsync(Assets.Require(), NewFleet());
        await using FakeApi fake = await FakeApi.StartAsync(NewFleet());
        List<Cost> onReal = [];
        List<Cost> onFake = [];
        List<Cost> goWhole = [];
        List<Cost> goSlices = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            onReal.Add(await MeasureAsync(Servers.Berth(options, real, s_halves), real, 2));
            // Meanwhile the real server does the same work for no client. The rest is then a difference between the servers, and not of the
            // machine's load.
            onFake.Add(await MeasureAsync(Servers.Berth(options, fake, s_halves), fake, 2, real));
            if (options.Go is null)
                continue;
            goWhole.Add(await MeasureAsync(Servers.Go(options, real, "whole", s_halves), real, 1));
            goSlices.Add(await MeasureAsync(Servers.Go(options, real, "slices", s_halves), real, 1));
        }

        return
        [
            .. new CostRow("CPU until the first right answer", "<= 200 ms", 200, 1, static c => c.List, Figures.Milliseconds)
                .Make(onReal, onFake, goWhole, goSlices),
            .. new CostRow("memory after the first list", "<= 32 MB, <= 0.25 of Go", 32e6, 0.25, static c => c.Memory, Figures.Megabytes)
                .Make(onReal, onFake, goWhole, goSlices),
            .. new CostRow($"memory after {Changes} changes", "<= 34 MB, <= 0.25 of Go", 34e6, 0.25, static c => c.After, Figures.Megabytes)
                .Make(onReal, onFake, goWhole, goSlices),
            .. new CostRow(
                "CPU for one changed slice", "<= 0.45 ms, <= 0.025 of Go", 0.45, 0.025, static c => c.Change, Figures.Milliseconds)
                .Make(onReal, onFake, goWhole, goSlices),
        ];
    }

    private static Fleet NewFleet() => new Fleet()
        .Add(s_halves[0], 500, 100).Add(s_halves[1], 500, 100);

    private static async Task<Cost> MeasureAsync(ServerProcess started, IApiServer api, int watches, IApiServer? beside = null)
    {
        await using ServerProcess server = started;
        await server.ReadyAsync();
        await ListedAsync(server);
        double list = server.Cpu.TotalMilliseconds;
        await api.WaitForWatchesAsync(watches);
        await SettleAsync(server);
        double memory = server.Resident;
        TimeSpan before = server.Cpu;
        double perSecond = (beside ?? api).MostChangesPerSecond;
        await using Churn? load = beside is null ? null : new Churn(beside, perSecond, Changes);
        await using Churn churn = new(api, perSecond, Changes);
        await churn.Completion;
        await SettleAsync(server);
        return new Cost(list, memory, (server.Cpu - before).TotalMilliseconds / Changes, server.Resident);
    }

    /// <summary>Waits until both sets are listed.</summary>
    private static async Task ListedAsync(ServerProcess server)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                await server.GetAsync("/readyz");
                return;
            }
            catch (HttpRequestException) when (i < 6000)
            {
                await Task.Delay(10);
            }
        }
    }

    /// <summary>Waits until a server is idle, for two seconds at most.</summary>
    private static async Task SettleAsync(ServerProcess server)
    {
        for (int quiet = 0, i = 0; quiet < 4 && i < 40; i++)
        {
            TimeSpan before = server.Cpu;
            await Task.Delay(50);
            quiet = server.Cpu == before ? quiet + 1 : 0;
        }
    }

    /// <param name="List">CPU until both sets were answered, in milliseconds.</param>
    /// <param name="Memory">Resident bytes then.</param>
    /// <param name="Change">CPU for one changed slice, in milliseconds.</param>
    /// <param name="After">Resident bytes after the changes.</param>
    private readonly record struct Cost(double List, double Memory, double Change, double After);

    private sealed record CostRow(
        string What, string Target, double Most, double MostOfGo, Func<Cost, double> Value, Func<double, string> Write)
    {
        /// <summary>Compares the real server with its target, the Go program, the fake server, and a Go program that does less.</summary>
        public IEnumerable<Row> Make(List<Cost> onReal, List<Cost> onFake, List<Cost> goWhole, List<Cost> goSlices)
        {
            double figure = Figures.Median(onReal.Select(Value));
            double? ratio = goWhole.Count == 0 ? null : Ratio(onReal, goWhole);
            yield return new Row(
                $"real: {What}", Target, Write(figure), ratio is { } known ? Figures.Ratio(known) : "",
                ratio is null ? "no Go" : $"Go {Write(Figures.Median(goWhole.Select(Value)))}", figure <= Most && (ratio ?? 0) <= MostOfGo);
            if (goSlices.Count > 0)
                yield return new Row(
                    "  Go that makes the list of one slice only", "<= 1.00 of Go", Write(figure), Figures.Ratio(Ratio(onReal, goSlices)),
                    $"Go {Write(Figures.Median(goSlices.Select(Value)))}", Ratio(onReal, goSlices) <= 1);
            yield return Fake([.. onReal.Select(Value)], [.. onFake.Select(Value)], Write);
        }

        public static Row Fake(List<double> onReal, List<double> onFake, Func<double, string> write)
        {
            double ratio = Figures.Median(onReal.Zip(onFake, static (a, b) => a / b));
            return new Row(
                "  against the fake API server", "within 20%", write(Figures.Median(onReal)), Figures.Ratio(ratio),
                $"fake {write(Figures.Median(onFake))}", ratio is >= 0.8 and <= 1.2);
        }

        private double Ratio(List<Cost> ours, List<Cost> theirs) => Figures.Median(ours.Zip(theirs, (a, b) => Value(a) / Value(b)));
    }
}
