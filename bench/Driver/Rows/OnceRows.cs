using Berth.Bench.Cluster;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// GET / with a new connection for each request, as from most clients: our program, bare Kestrel, nginx with a fixed answer (the practical
/// limit), and the Go program if there is one.
/// </summary>
internal static class OnceRows
{
    // $0 is the URL, $1 the file. One process, so that its CPU time is the whole.
    private const string StartNginx = """
        cat >"$1" <<EOF
        daemon off; master_process off; pid "$1.pid"; error_log stderr;
        events { worker_connections 4096; }
        http {
            access_log off;
            client_body_temp_path "$1.d"; proxy_temp_path "$1.d"; fastcgi_temp_path "$1.d"; uwsgi_temp_path "$1.d"; scgi_temp_path "$1.d";
            server {
                listen 127.0.0.1:${0##*:} backlog=4096;
                location / {
                    default_type text/plain; add_header Cache-Control no-store; return 200 "10.100.100.100:3000";
                }
            }
        }
        EOF
        exec nginx -e stderr -c "$1"
        """;

    private const int AtOnce = 10_000;

    private sealed record Round(double PerSecond, double Cpu);

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        string file = Path.GetTempFileName();
        try
        {
            await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 1, 3));
            await using ServerProcess berth = Servers.Berth(options, api);
            await using ServerProcess bare = Servers.Bare(options);
            await using ServerProcess nginx = ServerProcess.Start("sh", "-c", StartNginx, "URL", file);
            await using ServerProcess? go = options.Go is null ? null : Servers.Go(options, api, "slices", Fleet.Service);
            ServerProcess[] servers = go is null ? [berth, bare, nginx] : [berth, bare, nginx, go];
            List<Round>[] rounds = [[], [], [], []];
            foreach (ServerProcess server in servers)
            {
                await server.ReadyAsync();
                await Wrk.RunAsync(server.Url, 1, once: true);
            }

            for (int round = 0; round < options.Rounds; round++)
            {
                await options.Turn();
                // In each round another side goes first.
                for (int i = 0; i < servers.Length; i++)
                {
                    int side = (round + i) % servers.Length;
                    rounds[side].Add(await LoadAsync(servers[side], options.Seconds));
                }
            }

            return
            [
                .. Rows(rounds[0], rounds[1], rounds[2]), .. AgainstGo(rounds[0], rounds[3]), .. await BurstAsync(options, berth, bare),
            ];
        }
        finally
        {
            File.Delete(file);
            File.Delete($"{file}.pid");
            Directory.Delete($"{file}.d", recursive: true);
        }
    }

    private static Row[] Rows(List<Round> berth, List<Round> bare, List<Round> nginx)
    {
        double rate = Figures.Median(berth.Zip(nginx, static (a, b) => a.PerSecond / b.PerSecond));
        double cpu = Figures.Median(berth.Select(static r => r.Cpu));
        return
        [
            new Row(
                "GET / on a new connection each, throughput", ">= 0.95 of nginx",
                Figures.PerSecond(Figures.Median(berth.Select(static r => r.PerSecond))), Figures.Ratio(rate),
                $"nginx {Figures.PerSecond(Figures.Median(nginx.Select(static r => r.PerSecond)))}, "
                    + $"bare Kestrel {Figures.PerSecond(Figures.Median(bare.Select(static r => r.PerSecond)))}",
                rate >= 0.95),
            new Row(
                "  CPU for a request", "<= 50 us", Figures.Microseconds(cpu),
                Figures.Ratio(Figures.Median(berth.Zip(nginx, static (a, b) => a.Cpu / b.Cpu))),
                $"nginx {Figures.Microseconds(Figures.Median(nginx.Select(static r => r.Cpu)))}, "
                    + $"bare Kestrel {Figures.Microseconds(Figures.Median(bare.Select(static r => r.Cpu)))}",
                cpu <= 50),
        ];
    }

    /// <summary>The target is to need less than the Go program. Without Go there is no row.</summary>
    private static Row[] AgainstGo(List<Round> berth, List<Round> go)
    {
        if (go.Count == 0)
            return [];
        double rate = Figures.Median(berth.Zip(go, static (a, b) => a.PerSecond / b.PerSecond));
        double cpu = Figures.Median(berth.Zip(go, static (a, b) => a.Cpu / b.Cpu));
        return
        [
            new Row(
                "  against Go's net/http, throughput", ">= 1.00 of Go", Figures.PerSecond(
                    Figures.Median(berth.Select(static r => r.PerSecond))), Figures.Ratio(rate),
                $"Go {Figures.PerSecond(Figures.Median(go.Select(static r => r.PerSecond)))}", rate >= 1),
            new Row(
                "  against Go's net/http, CPU for a request", "<= 1.00 of Go", Figures.Microseconds(
                    Figures.Median(berth.Select(static r => r.Cpu))), Figures.Ratio(cpu),
                $"Go {Figures.Microseconds(Figures.Median(go.Select(static r => r.Cpu)))}", cpu <= 1),
        ];
    }

    /// <summary>Clients that all come at the same moment, as after a failure of the network or at the start of an event.</summary>
    private static async Task<Row[]> BurstAsync(BenchOptions options, ServerProcess berth, ServerProcess bare)
    {
        List<Burst> ours = [];
        List<Burst> theirs = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            ours.Add(await Burst.RunAsync(berth.Url, AtOnce));
            theirs.Add(await Burst.RunAsync(bare.Url, AtOnce));
        }

        double all = Figures.Median(ours.Zip(theirs, static (a, b) => a.All / b.All));
        double p99 = Figures.Median(ours.Zip(theirs, static (a, b) => a.P99 / b.P99));
        static string Of(List<Burst> bursts, Func<Burst, TimeSpan> select) =>
            Figures.Milliseconds(Figures.Median(bursts.Select(burst => select(burst).TotalMilliseconds)));
        return
        [
            new Row(
                $"{AtOnce:#,0} connections at once, until all are answered", "<= 1.00 of bare Kestrel", Of(ours, static b => b.All),
                Figures.Ratio(all), $"bare Kestrel {Of(theirs, static b => b.All)}", all <= 1),
            new Row(
                "  p99", "<= 1.00 of bare Kestrel", Of(ours, static b => b.P99), Figures.Ratio(p99),
                $"bare Kestrel {Of(theirs, static b => b.P99)}", p99 <= 1),
            new Row(
                "  clients without an answer", "0", $"{ours.Sum(static b => b.Failed)}", "",
                $"bare Kestrel {theirs.Sum(static b => b.Failed)}", ours.TrueForAll(static b => b.Failed == 0)),
        ];
    }

    private static async Task<Round> LoadAsync(ServerProcess server, int seconds)
    {
        TimeSpan before = server.Cpu;
        Wrk load = await Wrk.RunAsync(server.Url, seconds, once: true);
        return new Round(load.PerSecond, (server.Cpu - before).TotalMicroseconds / load.Requests);
    }
}
