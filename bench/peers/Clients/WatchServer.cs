using k8s;
using k8s.Models;

namespace Berth.Bench.Clients;

/// <summary>Lists, then watches. It keeps the slices in a dictionary, and builds a new list of addresses after each event.</summary>
internal static class WatchServer
{
    private static volatile string[]? s_addresses;

    public static async Task<int> RunAsync(string config, string ns, string service, string url)
    {
        using k8s.Kubernetes client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(config));
        Task following = FollowAsync(client, ns, service);
        await Task.WhenAny(following, Web.ServeAsync(url, static _ => new ValueTask<string?>(Pick())));
        return 1;
    }

    private static string? Pick() => s_addresses is not { } all ? null : all.Length == 0 ? "" : all[Random.Shared.Next(all.Length)];

    private static async Task FollowAsync(k8s.Kubernetes client, string ns, string service)
    {
        V1EndpointSliceList list = await client.DiscoveryV1.ListNamespacedEndpointSliceAsync(ns, labelSelector: Slices.Selector(service));
        Dictionary<string, V1EndpointSlice> slices = list.Items.ToDictionary(static s => s.Metadata.Name);
        s_addresses = Slices.Addresses(slices.Values, 3000);
        await foreach ((WatchEventType kind, V1EndpointSlice slice) in client.DiscoveryV1.WatchListNamespacedEndpointSliceAsync(
            ns, labelSelector: Slices.Selector(service), resourceVersion: list.Metadata.ResourceVersion))
        {
            if (kind == WatchEventType.Deleted)
                slices.Remove(slice.Metadata.Name);
            else
                slices[slice.Metadata.Name] = slice;
            s_addresses = Slices.Addresses(slices.Values, 3000);
        }
    }
}
