using System.Diagnostics;
using System.Runtime;
using Berth.Kubernetes;
using k8s;
using k8s.Models;

namespace Berth.Bench.Clients;

/// <summary>
/// One first list, from the request until a pod can be picked, and its cost: wall and CPU milliseconds, allocated bytes, and the largest
/// growth of the process in bytes.
/// </summary>
internal static class FirstList
{
    public static async Task<int> OfficialAsync(string config, string ns, string service, string warmUp)
    {
        using k8s.Kubernetes client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(config));
        Dictionary<string, V1EndpointSlice>? kept = null;
        string[]? addresses = null;
        // Compilation is not part of the cost of a list.
        Slices.Addresses(
            (await client.DiscoveryV1.ListNamespacedEndpointSliceAsync(ns, labelSelector: Slices.Selector(warmUp))).Items, 3000);
        await MeasureAsync(async () =>
        {
            V1EndpointSliceList list = await client.DiscoveryV1.ListNamespacedEndpointSliceAsync(
                ns, labelSelector: Slices.Selector(service));
            kept = list.Items.ToDictionary(static s => s.Metadata.Name);
            addresses = Slices.Addresses(kept.Values, 3000);
            return addresses.Length;
        });
        GC.KeepAlive(kept);
        GC.KeepAlive(addresses);
        return 0;
    }

    private static readonly EndpointDirectoryOptions s_patient = new() { FirstSnapshotTimeout = TimeSpan.FromMinutes(2) };

    /// <param name="streaming">True for a streaming list in place of pages.</param>
    public static Task<int> BerthAsync(string config, string ns, string service, string warmUp, bool streaming) => BerthAsync(
        KubernetesEndpoints.Connect(AccessOf(config), new KubernetesEndpointSourceOptions { StreamingLists = streaming }, s_patient),
        ns, warmUp, service);

    public static Task<int> TargetsAsync(string config, string ns, string one, string other, string warmUp) =>
        BerthAsync(KubernetesEndpoints.Connect(AccessOf(config), directoryOptions: s_patient), ns, warmUp, one, other);

    public static Task<int> ClustersAsync(string config, string second, string ns, string service, string warmUp) => BerthAsync(
        ClusterEndpointSource.Connect(
            [
                new("east", new KubernetesEndpointSource(AccessOf(config), new KubernetesEndpointSourceOptions { Cluster = "east" })),
                new("west", new KubernetesEndpointSource(AccessOf(second), new KubernetesEndpointSourceOptions { Cluster = "west" })),
            ],
            s_patient),
        ns, warmUp, service);

    private static async Task<int> BerthAsync(EndpointDirectory connected, string ns, string warmUp, params string[] services)
    {
        await using EndpointDirectory directory = connected;
        await directory.GetEndpointsAsync(ns, warmUp, 3000);
        await MeasureAsync(async () =>
        {
            EndpointSnapshot[] all = await Task.WhenAll(
                services.Select(service => directory.GetEndpointsAsync(ns, service, 3000).AsTask()));
            return all.Sum(static snapshot => snapshot.Available.Count);
        });
        return 0;
    }

    private static ClusterAccess AccessOf(string config) =>
        KubernetesEndpoints.FindAccess(new ClusterAccessOptions { Kubeconfig = config });

    private static async Task MeasureAsync(Func<Task<int>> list)
    {
        // By then everything that the warm-up started, such as a watch, has ended or waits.
        await Task.Delay(500);
        long sizeBefore = Status("VmRSS");
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        TimeSpan compiling = JitInfo.GetCompilationTime();
        long began = Stopwatch.GetTimestamp();
        int count = await list();
        TimeSpan wall = Stopwatch.GetElapsedTime(began);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        // Methods that the warm-up did not call are compiled now, in 2 to 15 ms. This is not part of the cost of a list on either side.
        compiling = JitInfo.GetCompilationTime() - compiling;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Console.WriteLine(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{count} {(wall - compiling).TotalMilliseconds:0.0} {(cpu - compiling).TotalMilliseconds:0.0} {allocated} " +
            $"{(Status("VmHWM") - sizeBefore) * 1024}"));
    }

    /// <summary>A line of /proc/self/status, in KiB.</summary>
    private static long Status(string name) => long.Parse(
        File.ReadLines("/proc/self/status")
            .First(l => l.StartsWith(name, StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
