using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// GET / over TLS 1.3, each on a new connection, with full and with resumed handshakes, and clients that watch over TLS, compared with the
/// Go program. Certificates are ECDSA P-256.
/// </summary>
internal static class TlsRows
{
    private const int Clients = 10_000;

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        using ServerPair pair = new();
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 1, 3));
        return
        [
            .. await HandshakesAsync(options, api, pair), .. await ReloadRows.MeasureAsync(options, api, pair),
            .. await WatchersAsync(options, api, pair),
        ];
    }

    private static async Task<Row[]> HandshakesAsync(BenchOptions options, IApiServer api, ServerPair pair)
    {
        await using ServerProcess berth = Servers.OverTls(options, api, pair);
        await using ServerProcess? go = options.Go is null ? null : Servers.GoOverTls(options, api, pair);
        foreach (ServerProcess? server in (ServerProcess?[])[berth, go])
        {
            if (server is null)
                continue;
            await server.ReadyAsync();
            await Handshakes.RunAsync(server.Url, 1, resume: false);
        }

        List<Round> full = [];
        List<Round> resumed = [];
        List<Round> theirs = [];
        List<Round> theirsResumed = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            // The side that goes first in one round goes second in the next.
            if (round % 2 == 0)
                await OursAsync();
            if (go is not null)
            {
                theirs.Add(await LoadAsync(go, options.Seconds, resume: false));
                theirsResumed.Add(await LoadAsync(go, options.Seconds, resume: true));
            }

            if (round % 2 == 1)
                await OursAsync();
        }

        double cpu = Median(full);
        double toGo = go is null ? 0 : Figures.Median(full.Zip(theirs, static (a, b) => a.Cpu / b.Cpu));
        double toFull = Figures.Median(resumed.Zip(full, static (a, b) => a.Cpu / b.Cpu));
        double share = Figures.Median(resumed.Select(static r => r.Resumed));
        string Of(List<Round> rounds) => rounds.Count == 0
            ? "no Go"
            : $"Go {Figures.Microseconds(Median(rounds))}, {Figures.PerSecond(Figures.Median(rounds.Select(static r => r.PerSecond)))}";
        return
        [
            new Row(
                "TLS 1.3, full handshake and GET /, CPU", "<= 1.00 of Go", Figures.Microseconds(cpu), go is null ? "" : Figures.Ratio(toGo),
                $"{Of(theirs)}; ours {Figures.PerSecond(Figures.Median(full.Select(static r => r.PerSecond)))}",
                go is null ? null : toGo <= 1),
            new Row(
                "  resumed handshake", "<= 0.60 of a full one", Figures.Microseconds(Median(resumed)), Figures.Ratio(toFull),
                $"{Figures.Percent(share)} resumed; {Of(theirsResumed)}", toFull <= 0.6 && share >= 0.99),
        ];

        async Task OursAsync()
        {
            full.Add(await LoadAsync(berth, options.Seconds, resume: false));
            resumed.Add(await LoadAsync(berth, options.Seconds, resume: true));
        }
    }

    private static double Median(List<Round> rounds) => Figures.Median(rounds.Select(static r => r.Cpu));

    private static async Task<Round> LoadAsync(ServerProcess server, int seconds, bool resume)
    {
        TimeSpan before = server.Cpu;
        Handshakes load = await Handshakes.RunAsync(server.Url, seconds, resume);
        return new Round(
            (server.Cpu - before).TotalMicroseconds / load.Count, load.PerSecond, resume ? (double)load.Resumed / (load.Count - 2) : 0);
    }

    private static async Task<Row[]> WatchersAsync(BenchOptions options, IApiServer api, ServerPair pair)
    {
        await options.Turn();
        double ours = await WatcherAsync(Servers.OverTls(options, api, pair), $"/v1/watch/{Servers.Target()}");
        double theirs = options.Go is null ? 0 : await WatcherAsync(Servers.GoOverTls(options, api, pair), "/watch");
        return
        [
            new Row(
                "10,000 idle watchers over TLS, memory each", "<= 20 KB, <= 0.50 of Go", Figures.Kilobytes(ours),
                theirs == 0 ? "" : Figures.Ratio(ours / theirs), theirs == 0 ? "no Go" : $"Go {Figures.Kilobytes(theirs)}",
                ours <= 20_000 && (theirs == 0 || ours / theirs <= 0.5)),
        ];
    }

    private static async Task<double> WatcherAsync(ServerProcess started, string path)
    {
        await using ServerProcess server = started;
        await server.ReadyAsync();
        await Handshakes.RunAsync(server.Url, 1, resume: false);
        double before = server.Resident;
        using TlsWatchers watchers = new();
        await watchers.ConnectAsync(server.Url, path, Clients, "event: snapshot");
        await Task.Delay(1000);
        return (server.Resident - before) / Clients;
    }

    /// <param name="Cpu">The server's CPU time for a connection, in microseconds.</param>
    /// <param name="PerSecond">Connections.</param>
    /// <param name="Resumed">The share of connections that resumed a session, except the first one of each client.</param>
    private readonly record struct Round(double Cpu, double PerSecond, double Resumed);
}
