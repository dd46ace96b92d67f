using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// Small machines: one core, and the heap of a machine with 64 MB, each compared with neither limit in the same run; and 100,000 endpoints
/// in 64 MB.
/// </summary>
internal static class SmallRows
{
    private const int Slices = 600;
    private const int Changes = 600;
    private const long Limit = 64 * 1024 * 1024;

    private static readonly string[] s_halves = ["service-b", "service-c"];

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options) =>
        [.. await AgainstAllAsync(options), await InLittleMemoryAsync(options)];

    private static async Task<Row[]> AgainstAllAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, Slices, 100));
        List<Figure> core = [];
        List<Figure> heap = [];
        List<Figure> all = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            // In each round another side goes first.
            for (int i = 0; i < 3; i++)
            {
                Task measured = ((round + i) % 3) switch
                {
                    0 => AddAsync(core, Servers.OnOneCore(options, api)),
                    1 => AddAsync(all, Servers.Berth(options, api)),
                    _ => AddAsync(heap, Servers.In64Megabytes(options, api)),
                };
                await measured;
            }
        }

        return
        [
            .. Compare("one core", core, "all cores", all),
            .. Compare("in 64 MB (32 MB of heap)", heap, "no limit", all),
            new Row(
                "  memory at its largest", "<= 67.1 MB", Figures.Megabytes(heap.Max(static f => f.Peak)), "",
                $"no limit {Figures.Megabytes(all.Max(static f => f.Peak))}", heap.TrueForAll(static f => f.Peak <= Limit)),
        ];

        async Task AddAsync(List<Figure> figures, ServerProcess server) =>
            figures.Add(await MeasureAsync(server, api, options.Seconds));
    }

    /// <summary>Measures a server until its first answer, during changes and with requests. Ends the server.</summary>
    public static async Task<Figure> MeasureAsync(ServerProcess server, IApiServer api, int seconds)
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
        return new Figure((berth.Cpu.TotalMicroseconds - before) / load.Requests, list, change, berth.Peak);
    }

    private static Row[] Compare(string small, List<Figure> limited, string peer, List<Figure> all)
    {
        return
        [
            Of($"{small}: GET /, CPU for a request", static f => f.Request, Figures.Microseconds),
            Of("  first list of 60,000 endpoints, CPU until the first right answer", static f => f.List, Figures.Milliseconds),
            Of("  CPU for one changed slice among 600", static f => f.Change, Figures.Milliseconds),
        ];

        Row Of(string what, Func<Figure, double> value, Func<double, string> write)
        {
            double ratio = Figures.Median(limited.Zip(all, (a, b) => value(a) / value(b)));
            return new Row(
                what, $"<= 1.2 of {peer}", write(Figures.Median(limited.Select(value))), Figures.Ratio(ratio),
                $"{peer} {write(Figures.Median(all.Select(value)))}", ratio <= 1.2);
        }
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

    /// <param name="Request">CPU for a request, in microseconds.</param>
    /// <param name="List">CPU until the first right answer, in milliseconds.</param>
    /// <param name="Change">CPU for one changed slice, in milliseconds.</param>
    /// <param name="Peak">Resident bytes at their largest.</param>
    public readonly record struct Figure(double Request, double List, double Change, long Peak);
}
