using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Bench.Cluster;

/// <summary>
/// The fake API server as a separate process, for profiling its client: prints its kubeconfig and changes slices until it is stopped.
/// </summary>
internal static class FakeServer
{
    public static async Task<int> RunAsync(string slices, string pods, string changes, bool onlyHttp11)
    {
        Fleet fleet = new Fleet()
            .Add(Fleet.Service, int.Parse(slices, CultureInfo.InvariantCulture), int.Parse(pods, CultureInfo.InvariantCulture))
            .Add("warm-up", 600, 10);
        await using FakeApi api = await FakeApi.StartAsync(fleet, onlyHttp11 ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2);
        Console.WriteLine(api.Kubeconfig);
        await using Churn churn = new(api, double.Parse(changes, CultureInfo.InvariantCulture));
        await api.WaitForSignalAsync();
        return 0;
    }
}
