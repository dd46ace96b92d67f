using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>Memory with 60,000 endpoints, and the CPU time of one changed slice, with few slices and with many.</summary>
internal static class ScaleRows
{
    private const int Changes = 600;
    private const int Endpoints = 60_000;
    private const int Lists = 10;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options) =>
        [.. await ChangesAsync(options), .. await RequestsAsync(options)];

    private static async Task<Row[]> ChangesAsync(BenchOptions options)
    {
        await using Subject few = await Subject.StartAsync(options, 10, Changes, 200, api => Servers.Berth(options, api));
        await using Subject many = await Subject.StartAsync(options, 600, Changes, 200, api => Servers.Berth(options, api));
        (long resident, long peak) = (many.Server.Resident, many.Server.Peak);
        // The peer cannot handle 200 changes a second.
        await using Subject official = await Subject.StartAsync(options, 600, 30, 10, api => Servers.Old(options, api, "watch"));
        long published = 0;
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            await few.ChangeAsync();
            long version = await many.Server.MetricAsync("berth_snapshot_version", Servers.Target());
            await many.ChangeAsync();
            published = await many.Server.MetricAsync("berth_snapshot_version", Servers.Target()) - version;
            await official.ChangeAsync();
        }

        double cost = Figures.Median(many.Costs);
        double toOfficial = Figures.Median(many.Costs.Zip(official.Costs, static (a, b) => a / b));
        double toFew = Figures.Median(many.Costs.Zip(few.Costs, static (a, b) => a / b));
        return
        [
            new Row(
                "memory, 60,000 endpoints in 600 slices", "<= 80 MB", Figures.Megabytes(resident), "", "", resident <= 80 * 1_000_000),
            new Row("  at its largest, since the start", "<= 120 MB", Figures.Megabytes(peak), "", "", peak <= 120 * 1_000_000),
            new Row(
                "CPU for one changed slice among 600", "<= 1 ms", Figures.Milliseconds(cost), Figures.Ratio(toOfficial),
                $"official client's watch {Figures.Milliseconds(Figures.Median(official.Costs))}", cost <= 1),
            new Row(
                "  against 10 slices", "within 2 x", Figures.Milliseconds(cost), Figures.Ratio(toFew),
                $"10 slices {Figures.Milliseconds(Figures.Median(few.Costs))}", toFew <= 2),
            new Row($"  snapshots published for {Changes} changes", "at most one each", $"{published}", "", "", published <= Changes),
        ];
    }

    /// <summary>
    /// GET / picks endpoints at random, so four requests for each endpoint pick 98% of them, and what the program keeps for a picked
    /// endpoint is in its memory. Whole lists follow. Each names every endpoint.
    /// </summary>
    private static async Task<Row[]> RequestsAsync(BenchOptions options)
    {
        await options.Turn();
        await using Subject subject = await Subject.StartAsync(options, 600, Changes, 200, api => Servers.Berth(options, api));
        await subject.Server.SettleAsync();
        double listed = subject.Server.Resident;
        long requests = 0;
        while (requests < 4 * Endpoints)
            requests += (await Wrk.RunAsync(subject.Server.Url, options.Seconds)).Requests;
        double picked = subject.Server.Resident;
        double ratio = picked / listed;
        for (int i = 0; i < Lists; i++)
            await subject.Server.GetAsync($"/v1/endpoints/{Servers.Target()}");
        double whole = subject.Server.Resident;
        double toListed = whole / listed;
        return
        [
            new Row(
                $"memory, {Endpoints:#,0} endpoints, after {requests:#,0} of GET /", "<= 1.50 of the first list",
                Figures.Megabytes(picked), Figures.Ratio(ratio), $"after the first list {Figures.Megabytes(listed)}", ratio <= 1.5),
            new Row(
                $"  and after {Lists} whole lists for clients", "<= 1.50 of the first list", Figures.Megabytes(whole),
                Figures.Ratio(toListed), "", toListed <= 1.5),
        ];
    }

    /// <summary>A server with its own API server, and the CPU time of a change in each round, in milliseconds.</summary>
    private sealed class Subject(IApiServer api, ServerProcess server, int changes, double perSecond) : IAsyncDisposable
    {
        public ServerProcess Server => server;

        public List<double> Costs { get; } = [];

        public static async Task<Subject> StartAsync(
            BenchOptions options, int slices, int changes, double perSecond, Func<IApiServer, ServerProcess> start)
        {
            IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, slices, 100));
            Subject subject = new(api, start(api), changes, perSecond);
            await subject.Server.ReadyAsync();
            await Servers.WatchedAsync(api);
            return subject;
        }

        public async Task ChangeAsync()
        {
            TimeSpan before = server.Cpu;
            await using Churn churn = new(api, perSecond, changes);
            await churn.Completion;
            await server.SettleAsync();
            Costs.Add((server.Cpu - before).TotalMilliseconds / changes);
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            await api.DisposeAsync();
        }
    }
}
