using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>Small machines: one core compared with all cores in the same run, and 100,000 endpoints in 64 MB.</summary>
internal static class SmallRows
{
    private const int Slices = 600;
    private const int Changes = 600;
    private const long Limit = 64 * 1024 * 1024;

    private static readonly string[] s_halves = ["service-b", "service-c"];

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options) =>
        [.. await OnOneCoreAsync(options), await InLittleMemoryAsync(options)];

    private static async Task<Row[]> OnOneCoreAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Servers.Service, Slices, 100));
        List<Figure> one = [];
        List<Figure> all = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            one.Add(await MeasureAsync(Servers.OnOneCore(options, api), api, options.Seconds));
            all.Add(await MeasureAsync(Servers.Berth(options, api), api, options.Seconds));
        }

        return
        [
            Compare("one core: GET /, CPU for a request", one, all, static f => f.Request, Figures.Microseconds),
            Compare(
                "  first list of 60,000 endpoints, CPU until the first right answer", one, all, static f => f.List, Figures.Milliseconds),
            Compare("  CPU for one changed slice among 600", one, all, static f => f.Change, Figures.Milliseconds),
        ];
    }

    private static async Task<Figure> MeasureAsync(ServerProcess server, IApiServer api, int seconds)
    {
        await using ServerProcess berth = server;
        await berth.ReadyAsync();
        await Servers.WatchedAsync(api);
        double list = berth.Cpu.TotalMilliseconds;
        double before = list;
        await using (Churn churn = new(api, 200, Changes))
            await churn.Completion;
        await Task.Delay(200);
        double change = (berth.Cpu.TotalMilliseconds - before) / Changes;
        before = berth.Cpu.TotalMicroseconds;
        Wrk load = await Wrk.RunAsync(berth.Url, seconds);
        return new Figure((berth.Cpu.TotalMicroseconds - before) / load.Requests, list, change);
    }

    private static Row Compare(string name, List<Figure> one, List<Figure> all, Func<Figure, double> value, Func<double, string> write)
    {
        double ratio = Figures.Median(one.Zip(all, (a, b) => value(a) / value(b)));
        return new Row(
            name, "<= 1.2 of all cores", write(Figures.Median(one.Select(value))), Figures.Ratio(ratio),
            $"all cores {write(Figures.Median(all.Select(value)))}", ratio <= 1.2);
    }

    /// <summary>Service A lists, gives each whole list to a client, and follows changes. Returns its largest memory.</summary>
    private static async Task<Row> InLittleMemoryAsync(BenchOptions options)
    {
        await options.Turn();
        await using IApiServer api = await options.StartApi(new Fleet().Add(s_halves[0], 500, 100).Add(s_halves[1], 500, 100));
        await using ServerProcess berth = Servers.In64Megabytes(options, api, s_halves);
        await berth.ReadyAsync();
        await Servers.WatchedAsync(api, s_halves.Length);
        long seen = 0;
        foreach (string service in s_halves)
        {
            string answer = await berth.GetAsync("/v1/endpoints/" + Servers.Target(service));
            seen += answer.Split("\"ordinal\":").Length - 1;
        }

        await using (Churn churn = new(api, 200, Changes))
            await churn.Completion;
        await Wrk.RunAsync(berth.Url, options.Seconds);
        long peak = berth.Peak;
        return new Row(
            "memory of 100,000 endpoints with 32 MB of heap, at its largest", "<= 67.1 MB", Figures.Megabytes(peak), "",
            $"{seen:#,0} endpoints in the answers", peak <= Limit && seen == 100_000);
    }

    private readonly record struct Figure(double Request, double List, double Change);
}
