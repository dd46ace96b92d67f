using System.Globalization;
using Berth.LocalCluster;

namespace Berth.Bench.Cluster;

/// <summary>The local cluster as a separate process: an API server with pods that an allocator can write to.</summary>
internal static class PodApi
{
    /// <summary>The namespace of its pods.</summary>
    public const string Namespace = "games";

    /// <summary>The label <c>app</c> of its pods.</summary>
    public const string Service = "lobby";

    private const string Ready = "ready";

    public static async Task<int> RunAsync(string folder, string pods)
    {
        using CancellationTokenSource stopping = new();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stopping.Cancel();
        };
        await using LocalCluster.LocalCluster cluster = await LocalCluster.LocalCluster.StartAsync(
            new LocalClusterOptions { DataDirectory = folder, RunProcesses = false, Manifests = [ManifestOf(pods)] }, stopping.Token);
        int wanted = int.Parse(pods, CultureInfo.InvariantCulture);
        await cluster.WaitForPodsAsync(all => all.Count(static pod => pod.Ready) == wanted, stopping.Token);
        await File.WriteAllTextAsync(Path.Combine(folder, Ready), "", stopping.Token);
        await Task.Delay(Timeout.Infinite, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    /// <summary>Waits until the pods exist, and returns the path of the kubeconfig.</summary>
    public static async Task<string> WaitAsync(string folder)
    {
        for (int i = 0; !File.Exists(Path.Combine(folder, Ready)); i++)
        {
            if (i > 6_000)
                throw new TimeoutException("The local cluster has no pods after 60 s.");
            await Task.Delay(10);
        }

        return Path.Combine(folder, "kubeconfig");
    }

    private static string ManifestOf(string pods) => $$"""
        {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{Namespace}}"} }
        ---
        {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"{{Service}}","namespace":"{{Namespace}}"},
         "spec":{"serviceName":"{{Service}}","replicas":{{pods}},"podManagementPolicy":"Parallel",
          "selector":{"matchLabels":{"app":"{{Service}}"} },
          "template":{"metadata":{"labels":{"app":"{{Service}}"} },"spec":{"containers":[{"name":"a","image":"none"}]} } } }
        """;
}
