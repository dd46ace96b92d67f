using System.Globalization;
using Berth.Bench.Rows;

namespace Berth.Bench.Cluster;

/// <summary>
/// The fake API server by itself, for a profiler on the other side: prints its kubeconfig and changes slices until it is ended.
/// </summary>
internal static class FakeServer
{
    public static async Task<int> RunAsync(string slices, string pods, string changes)
    {
        await using FakeApi api = await FakeApi.StartAsync(new Fleet()
            .Add(Servers.Service, int.Parse(slices, CultureInfo.InvariantCulture), int.Parse(pods, CultureInfo.InvariantCulture))
            .Add("warm-up", 600, 10));
        Console.WriteLine(api.Kubeconfig);
        await using Churn churn = new(api, double.Parse(changes, CultureInfo.InvariantCulture));
        await api.WaitForSignalAsync();
        return 0;
    }
}
