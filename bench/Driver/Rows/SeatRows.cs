using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Berth.Bench.Cluster;
using Berth.Bench.Cluster.Real;
using Berth.Bench.Load;
using Berth.Bench.Options;
using Berth.Bench.Processes;
using Berth.Bench.Report;

namespace Berth.Bench.Rows;

/// <summary>
/// Reservations through one dispatcher with three desks, compared with an allocator that writes to the API server for each reservation. wrk
/// makes the load on both sides, and is not counted. The latency at half of the wanted rate is measured by an open load.
/// </summary>
internal static class SeatRows
{
    private const int Wanted = 15_000;
    private const int SecondsOfHalf = 10;
    private const string Body = "{\"ttl\":1}";
    private const int PodsOfPeer = 100;
    private const string BasePort = "23000";
    private const string DeskBasePort = "29000";

    private readonly record struct Round(double PerSecond, double CpuPerRequest);

    public static async Task<IEnumerable<Row>> MeasureAsync(BenchOptions options)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("berth-bench-");
        try
        {
            return [.. await MeasureServersAsync(options, folder.FullName), .. SeatDeskRows.Measure(folder.FullName)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<IEnumerable<Row>> MeasureServersAsync(BenchOptions options, string folder)
    {
        string keys = Path.Combine(folder, "keys");
        await File.WriteAllTextAsync(keys, $"one={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}\n");
        await using IApiServer api = await options.StartApi(new Fleet().Add(Fleet.Service, 1, 3));
        await using ServerProcess desk0 = StartDesk(options, api, keys, 0);
        await using ServerProcess desk1 = StartDesk(options, api, keys, 1);
        await using ServerProcess desk2 = StartDesk(options, api, keys, 2);
        await using ServerProcess dispatcher = ServerProcess.Start(
            options.Berth,
            [
                "dispatch", "--target", Servers.Target(), "--base-port", BasePort, "--urls", "URL", "--kubeconfig", api.Kubeconfig,
                "--seat-keys", keys, "--desk-base-port", DeskBasePort, "--seat-policy", "least-loaded",
            ]);
        await using ServerProcess cluster = ServerProcess.Start(
            Environment.ProcessPath!, "pods", folder, PodsOfPeer.ToString(CultureInfo.InvariantCulture));
        await using ServerProcess peer = ServerProcess.Start(
            options.Clients, "allocate", await PodApi.WaitAsync(folder), PodApi.Namespace, PodApi.Service, "URL");
        await dispatcher.ReadyAsync();
        await peer.ReadyAsync();
        await WaitForDesksAsync(dispatcher);
        ServerProcess[] ours = [dispatcher, desk0, desk1, desk2];
        ServerProcess[] theirs = [peer, cluster];
        string script = await WriteScriptAsync(folder);
        // The seats of a desk become free after a second.
        await Wrk.RunAsync(dispatcher.Url, 2, script: script);
        await Wrk.RunAsync(peer.Url, 2, script: script);
        await Servers.WatchedAsync(api);
        long asked = await api.CountRequestsAsync();
        List<Round> seats = [];
        List<Round> patches = [];
        long reserved = 0;
        for (int round = 0; round < options.Rounds; round++)
        {
            reserved += await LoadAsync(dispatcher.Url, ours, script, seats, options.Seconds);
            await LoadAsync(peer.Url, theirs, script, patches, options.Seconds);
        }

        // The first one compiles the load generator.
        OpenLoad warmUp = await RunHalfAsync(dispatcher, 2);
        OpenLoad half = await RunHalfAsync(dispatcher, SecondsOfHalf);
        return
        [
            Rate(seats), .. Against("a PATCH for each allocation", seats, patches), Half(half),
            Requests(reserved + warmUp.Requests + half.Requests, await api.CountRequestsAsync() - asked),
            .. await AgainstRealAsync(options, dispatcher, ours, script),
        ];
    }

    /// <summary>The same allocator with a real kube-apiserver and etcd. Without KUBEBUILDER_ASSETS there are no rows.</summary>
    private static async Task<Row[]> AgainstRealAsync(
        BenchOptions options, ServerProcess dispatcher, ServerProcess[] ours, string script)
    {
        if (Assets.Find() is not { } assets)
            return [];
        await using ControlPlane plane = await RealPods.StartAsync(assets, PodsOfPeer);
        await using ServerProcess peer = ServerProcess.Start(
            options.Clients, "allocate", plane.Kubeconfig, PodApi.Namespace, PodApi.Service, "URL");
        await peer.ReadyAsync();
        await Wrk.RunAsync(peer.Url, 2, script: script);
        List<Round> seats = [];
        List<Round> patches = [];
        // In a single second a real API server sometimes ends no allocation at all.
        int seconds = Math.Max(options.Seconds, 4);
        for (int round = 0; round < options.Rounds; round++)
        {
            await LoadAsync(dispatcher.Url, ours, script, seats, seconds);
            await LoadAsync(peer.Url, [peer, .. plane.Processes], script, patches, seconds);
        }

        return Against("a PATCH at a real kube-apiserver", seats, patches);
    }

    private static ServerProcess StartDesk(BenchOptions options, IApiServer api, string keys, int ordinal) => ServerProcess.Start(
        "/usr/bin/env",
        [
            string.Create(CultureInfo.InvariantCulture, $"POD_NAME={Fleet.Service}-{ordinal}"), $"POD_NAMESPACE={Fleet.Namespace}",
            options.Berth, "echo", "--base-port", BasePort, "--seats", "200000", "--seat-keys", keys, "--desk-base-port", DeskBasePort,
            "--desk-address", api.Fleet.Slices[0].FirstAddress,
        ]);

    private static async Task WaitForDesksAsync(ServerProcess dispatcher)
    {
        for (int i = 0; ; i++)
        {
            using JsonDocument page = JsonDocument.Parse(await dispatcher.GetAsync($"/v1/seats/{Servers.Target()}"));
            if (page.RootElement.GetProperty("capacity").GetInt32() == 600_000)
                return;
            if (i > 3_000)
                throw new TimeoutException("The dispatcher knows no three desks after 30 s.");
            await Task.Delay(10);
        }
    }

    private static async Task<string> WriteScriptAsync(string folder)
    {
        string path = Path.Combine(folder, "full.lua");
        await File.WriteAllTextAsync(path, $"wrk.method = 'POST'\nwrk.path = '/v1/seats/{Servers.Target()}'\nwrk.body = '{Body}'\n");
        return path;
    }

    private static Task<OpenLoad> RunHalfAsync(ServerProcess dispatcher, int seconds) =>
        OpenLoad.RunAsync(dispatcher.Url, $"/v1/seats/{Servers.Target()}", Body, 201, Wanted / 2, seconds);

    private static async Task<long> LoadAsync(string url, ServerProcess[] servers, string script, List<Round> rounds, int seconds)
    {
        double before = servers.Sum(static server => server.Cpu.TotalMicroseconds);
        Wrk load = await Wrk.RunAsync(url, seconds, 64, script);
        if (load.Requests == 0)
            throw new InvalidOperationException($"{url} answered no reservation in {seconds} s. Measure for longer: --seconds N.");
        rounds.Add(new Round(load.PerSecond, (servers.Sum(static server => server.Cpu.TotalMicroseconds) - before) / load.Requests));
        return load.Requests;
    }

    private static Row Rate(List<Round> ours)
    {
        double rate = Figures.Median(ours.Select(static r => r.PerSecond));
        return new Row("seats: reservations through one dispatcher", ">= 15,000/s", Figures.PerSecond(rate), "", "", rate >= Wanted);
    }

    private static Row[] Against(string peer, List<Round> ours, List<Round> theirs)
    {
        double times = Figures.Median(ours.Zip(theirs, static (a, b) => a.PerSecond / b.PerSecond));
        double share = Figures.Median(ours.Zip(theirs, static (a, b) => a.CpuPerRequest / b.CpuPerRequest));
        return
        [
            new Row(
                $"  against {peer}", ">= 10 of the peer", Figures.PerSecond(Figures.Median(ours.Select(static r => r.PerSecond))),
                Figures.Ratio(times), $"allocator {Figures.PerSecond(Figures.Median(theirs.Select(static r => r.PerSecond)))}",
                times >= 10),
            new Row(
                "  CPU of all servers for one", "<= 0.10 of the peer", Figures.Microseconds(
                    Figures.Median(ours.Select(static r => r.CpuPerRequest))), Figures.Ratio(share),
                $"allocator {Figures.Microseconds(Figures.Median(theirs.Select(static r => r.CpuPerRequest)))}", share <= 0.1),
        ];
    }

    // At random times a second has some requests more or fewer, and the last answer comes after the last second.
    private static Row Half(OpenLoad half) => new(
        $"  p99 at {Figures.PerSecond(half.PerSecond)}", "< 10 ms at 7,500/s", Figures.Milliseconds(half.P99.TotalMilliseconds), "",
        $"median {Figures.Milliseconds(half.Median.TotalMilliseconds)}, longest {Figures.Milliseconds(half.Longest.TotalMilliseconds)}, " +
        $"sent late (p99) {Figures.Milliseconds(half.LateP99.TotalMilliseconds)}",
        half.PerSecond >= 0.99 * Wanted / 2 && half.P99 < TimeSpan.FromMilliseconds(10));

    private static Row Requests(long reserved, long asked) =>
        new($"  API requests caused by {reserved:#,0} reservations", "0", $"{asked}", "", "", asked == 0);
}
