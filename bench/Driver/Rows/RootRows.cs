using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// GET / with three endpoints compared with bare Kestrel: throughput, CPU of one request, memory, and requests to the API server.
/// </summary>
internal static class RootRows
{
    private readonly record struct Round(double PerSecond, double CpuPerRequest);

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 1, 3));
        await using ServerProcess berth = Servers.Berth(options, api);
        await using ServerProcess bare = Servers.Bare(options);
        await berth.ReadyAsync();
        await bare.ReadyAsync();
        await Servers.WatchedAsync(api);
        long asked = await api.CountRequestsAsync();
        await Wrk.RunAsync(berth.Url, 1);
        await Wrk.RunAsync(bare.Url, 1);
        List<Round> ours = [];
        List<Round> theirs = [];
        (long ourRequests, long theirRequests) = (0, 0);
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            // The side that goes first in one round goes second in the next.
            if (round % 2 == 0)
                ourRequests += await LoadAsync(berth, ours, options.Seconds);
            theirRequests += await LoadAsync(bare, theirs, options.Seconds);
            if (round % 2 == 1)
                ourRequests += await LoadAsync(berth, ours, options.Seconds);
        }

        await options.Turn();
        while (ourRequests < options.Requests)
            ourRequests += (await Wrk.RunAsync(berth.Url, 5)).Requests;
        while (theirRequests < options.Requests)
            theirRequests += (await Wrk.RunAsync(bare.Url, 5)).Requests;
        asked = await api.CountRequestsAsync() - asked;
        return
        [
            Throughput(ours, theirs), Cpu(ours, theirs), .. Memory(berth, bare, ourRequests),
            new Row($"API requests caused by {ourRequests:#,0} client requests", "0", $"{asked}", "", "", asked == 0),
        ];
    }

    private static async Task<long> LoadAsync(ServerProcess server, List<Round> rounds, int seconds)
    {
        TimeSpan before = server.Cpu;
        Wrk load = await Wrk.RunAsync(server.Url, seconds);
        rounds.Add(new Round(load.PerSecond, (server.Cpu - before).TotalMicroseconds / load.Requests));
        return load.Requests;
    }

    private static Row Throughput(List<Round> ours, List<Round> theirs)
    {
        double ratio = Figures.Median(ours.Zip(theirs, static (a, b) => a.PerSecond / b.PerSecond));
        return new Row(
            "GET /, throughput", ">= 0.95 of bare Kestrel", Figures.PerSecond(
                Figures.Median(ours.Select(static r => r.PerSecond))), Figures.Ratio(ratio),
            $"bare Kestrel {Figures.PerSecond(Figures.Median(theirs.Select(static r => r.PerSecond)))}", ratio >= 0.95);
    }

    private static Row Cpu(List<Round> ours, List<Round> theirs)
    {
        double ratio = Figures.Median(ours.Zip(theirs, static (a, b) => a.CpuPerRequest / b.CpuPerRequest));
        return new Row(
            "GET /, CPU for a request", "<= 1.05 of bare Kestrel", Figures.Microseconds(
                Figures.Median(ours.Select(static r => r.CpuPerRequest))), Figures.Ratio(ratio),
            $"bare Kestrel {Figures.Microseconds(Figures.Median(theirs.Select(static r => r.CpuPerRequest)))}", ratio <= 1.05);
    }

    private static Row[] Memory(ServerProcess berth, ServerProcess bare, long requests)
    {
        double ours = berth.Resident;
        double theirs = bare.Resident;
        return
        [
            new Row(
                $"memory, 3 endpoints, after {requests:#,0} requests", "<= 28 MB", Figures.Megabytes(ours), "", "", ours <= 28 * 1_000_000),
            new Row(
                "  above bare Kestrel", "<= 3 MB", Figures.Megabytes(ours - theirs), Figures.Ratio(ours / theirs),
                $"bare Kestrel {Figures.Megabytes(theirs)}", ours - theirs <= 3 * 1_000_000),
        ];
    }
}
