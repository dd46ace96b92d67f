using System.Diagnostics;
using Berth.Bench.Cluster;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// One client that floods service A, which has limits, and the latency of another client meanwhile. It is compared with the same flood at
/// another server of this machine: the difference is the cost inside service A, without the cost for the machine.
/// </summary>
internal static class FloodRows
{
    private const int Limit = 500;
    private const string Attacker = "203.0.113.66";
    private const string Other = "198.51.100.7";

    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(5);

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 1, 3));
        await using ServerProcess berth = Servers.Limited(options, api, Limit);
        await using ServerProcess bare = Servers.Bare(options);
        await berth.ReadyAsync();
        await bare.ReadyAsync();
        await MeasureAsync(berth, bare, 1);
        List<double> apart = [];
        List<double> flooded = [];
        for (int round = 0; round < options.Rounds; round++)
        {
            await options.Turn();
            apart.Add(await MeasureAsync(berth, bare, options.Seconds));
            flooded.Add(await MeasureAsync(berth, berth, options.Seconds));
        }

        double ratio = Figures.Median(flooded.Zip(apart, static (a, b) => a / b));
        return
        [
            new Row(
                "a client's p99 while another one floods", "within 2 x of a flood elsewhere", Figures.Milliseconds(Figures.Median(flooded)),
                Figures.Ratio(ratio), $"flood at bare Kestrel {Figures.Milliseconds(Figures.Median(apart))}", ratio <= 2),
        ];
    }

    /// <summary>The 99th percentile, in milliseconds, of a client that asks 200 times a second while a server is flooded.</summary>
    private static async Task<double> MeasureAsync(ServerProcess server, ServerProcess flooded, int seconds)
    {
        ProcessStartInfo start = new(
            "wrk", ["-t1", "-c64", $"-d{seconds + 5}s", "-H", $"X-Forwarded-For: {Attacker}", flooded.Url])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
        using Process flood = Process.Start(start)!;
        try
        {
            using HttpClient client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(server.Url) };
            client.DefaultRequestHeaders.Add("X-Forwarded-For", Other);
            await client.GetStringAsync("/");
            List<double> times = [];
            for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began).TotalSeconds < seconds;)
            {
                long sent = Stopwatch.GetTimestamp();
                await client.GetStringAsync("/");
                TimeSpan took = Stopwatch.GetElapsedTime(sent);
                times.Add(took.TotalMilliseconds);
                if (took < s_pace)
                    await Task.Delay(s_pace - took);
            }

            times.Sort();
            return times[(int)(times.Count * 0.99)];
        }
        finally
        {
            flood.Kill();
            await flood.WaitForExitAsync();
        }
    }
}
