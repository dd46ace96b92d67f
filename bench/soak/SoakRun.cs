using Berth.LocalCluster;

namespace Berth.Soak;

/// <summary>One soak, from the start of the cluster to its end.</summary>
internal static class SoakRun
{
    /// <summary>The time that the start, the last pause and the end may take in addition to the duration.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(3);

    public static async Task<SoakReport> RunAsync(SoakOptions options, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(options.Duration + Margin);
        Clock clock = new();
        int basePort = Manifests.FreeBase(new Random());
        Truth truth = new(basePort);
        Outages outages = new();
        Judge judge = new(truth, outages, clock);
        await using LocalCluster.LocalCluster cluster = await LocalCluster.LocalCluster.StartAsync(
            Cluster(options, basePort), ending.Token);
        using CancellationTokenSource watching = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        Thread watch = new(() => new StallWatch(clock.AddStall).Run(watching.Token)) { IsBackground = true, Name = "soak-clock" };
        watch.Start();
        Task observing = ObserveAsync(cluster, truth, clock, watching.Token);
        try
        {
            string kubeconfig = cluster.ServiceAccountKubeconfig(ServiceA.Namespace, "service-a");
            await using DispatcherProcess process = await DispatcherProcess.StartAsync(kubeconfig, basePort, clock, ending.Token);
            using ServiceA service = new(process.Address, clock);
            Churn churn = new(cluster, service, process, truth, outages, clock, options, basePort);
            await using SteadyB steady = await SteadyB.StartAsync(ProgramOf(options), basePort, ending.Token);
            Quiet quiet = new(cluster, service, process, steady, truth, judge, clock, options);
            Sampler sampler = new(service, judge);
            await FirstListAsync(service, ending.Token);
            await quiet.CheckAsync(count: false, ending.Token);

            Task sampling = Task.WhenAll(sampler.RunAsync(watching.Token), steady.RunAsync(watching.Token));
            TimeSpan end = clock.Now + options.Duration;
            await churn.WarmUpAsync(ending.Token);
            await churn.RestoreAsync();
            await quiet.CheckAsync(count: false, ending.Token);
            while (clock.Now < end)
            {
                TimeSpan spell = clock.Now + options.Spell;
                await churn.RunAsync(spell < end ? spell : end, ending.Token);
                await churn.RestoreAsync();
                await quiet.CheckAsync(count: true, ending.Token);
            }

            await watching.CancelAsync();
            await sampling;
            await process.LearnStallsAsync(ending.Token);
            judge.Work(all: true);
            return new SoakReport(options, clock, churn.Acts, outages, judge, sampler, steady, quiet);
        }
        finally
        {
            await watching.CancelAsync();
            await observing;
            watch.Join();
        }
    }

    private static LocalClusterOptions Cluster(SoakOptions options, int basePort)
    {
        string[] words = ProgramOf(options);
        ImageProgram program = new(words[0], [.. words.Skip(1)]);
        return new LocalClusterOptions
        {
            Nodes = Manifests.Nodes,
            EnforceRbac = true,
            HistoryLimit = 200,
            Random = new Random(options.Seed),
            Images = new Dictionary<string, ImageProgram>(StringComparer.Ordinal) { ["berth"] = program },
            Manifests = [Manifests.Rights, Manifests.Service(basePort), Manifests.StatefulSet(basePort, options.Replicas, 0)],
        };
    }

    /// <summary>A native program is run directly, the program of this build through dotnet.</summary>
    private static string[] ProgramOf(SoakOptions options) =>
        options.Program is { } path ? [path] : ["/usr/bin/env", "dotnet", BuiltProgram()];

    /// <summary>All projects build into one folder: artifacts/bin/PROJECT/CONFIGURATION.</summary>
    private static string BuiltProgram()
    {
        string own = AppContext.BaseDirectory.TrimEnd('/');
        string path = Path.GetFullPath(Path.Combine(own, "..", "..", "Berth.Cli", Path.GetFileName(own), "Berth.Cli.dll"));
        return File.Exists(path)
            ? path
            : throw new InvalidOperationException($"{path} is not there. Build src/Berth.Cli, or name a program with --program.");
    }

    private static async Task FirstListAsync(ServiceA service, CancellationToken ending)
    {
        while (true)
        {
            try
            {
                await service.ReadAsync(ending);
                return;
            }
            catch (HttpRequestException exception) when (exception.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
            {
                await Task.Delay(50, ending);
            }
        }
    }

    private static async Task ObserveAsync(LocalCluster.LocalCluster cluster, Truth truth, Clock clock, CancellationToken ending)
    {
        try
        {
            await foreach (IReadOnlyList<PodSummary> pods in cluster.WatchPodsAsync(ending))
                truth.Observe(pods, clock.Now);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The soak is over.
        }
    }
}
