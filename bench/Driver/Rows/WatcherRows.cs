using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>10,000 clients that watch a set of three over server-sent events.</summary>
internal static class WatcherRows
{
    private const int Clients = 10_000;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await options.Turn();
        // First, so that the connections of both sides are not open at the same time. For the same reason the part after it is one turn.
        double bare = await BareAsync(options);
        await options.Turn();
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 1, 3));
        await using ServerProcess berth = Servers.Berth(options, api);
        await berth.ReadyAsync();
        await Servers.WatchedAsync(api);
        await Wrk.RunAsync(berth.Url, 1);
        double before = berth.Resident;
        using Watchers watchers = new();
        await watchers.ConnectAsync(berth.Url, Servers.Target(), Clients);
        await Task.Delay(1000);
        double idle = (berth.Resident - before) / Clients;
        List<double> costs = [];
        List<double> times = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            TimeSpan cpu = berth.Cpu;
            long sent = System.Diagnostics.Stopwatch.GetTimestamp();
            await api.ChangeAsync(0);
            await watchers.ReceiveAllAsync(RawClient.Bytes(api.FirstAddress(0)));
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            await Task.Delay(100);
            costs.Add((berth.Cpu - cpu).TotalMilliseconds);
        }

        double after = (berth.Resident - before) / Clients;
        double cost = Figures.Median(costs);
        return
        [
            new Row(
                "10,000 idle watchers, memory each", "<= 10 KB", Figures.Kilobytes(idle), "",
                $"after {options.Rounds} changes {Figures.Kilobytes(after)}", idle <= 10_000 && after <= 10_000),
            new Row(
                "  an idle connection of bare Kestrel", "", Figures.Kilobytes(bare), "", $"a watcher is {Figures.Ratio(idle / bare)} of it",
                null),
            new Row(
                "  CPU for a change to reach all", "<= 1 s", Figures.Milliseconds(cost), "",
                $"wall {Figures.Milliseconds(Figures.Median(times))}", cost <= 1000),
        ];
    }

    /// <summary>The memory of a connection that has sent one request and is kept alive.</summary>
    private static async Task<double> BareAsync(BenchOptions options)
    {
        await using ServerProcess bare = Servers.Bare(options);
        await bare.ReadyAsync();
        await Wrk.RunAsync(bare.Url, 1);
        double before = bare.Resident;
        using Watchers clients = new();
        await clients.ConnectAsync(bare.Url, "/", Clients, "200 OK"u8.ToArray());
        await Task.Delay(1000);
        return (bare.Resident - before) / Clients;
    }
}
