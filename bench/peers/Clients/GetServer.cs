using k8s;
using k8s.Models;

namespace Berth.Bench.Clients;

/// <summary>The seed's way: whoever asks causes a request to the API server. Kinder than the seed, which also made a client for each.</summary>
internal static class GetServer
{
    public static async Task<int> RunAsync(string config, string ns, string service, string url)
    {
        using k8s.Kubernetes client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(config));
        await Web.ServeAsync(url, async cancellation =>
        {
            V1EndpointSliceList list = await client.DiscoveryV1.ListNamespacedEndpointSliceAsync(ns, labelSelector: Slices.Selector(service), cancellationToken: cancellation);
            string[] all = Slices.Addresses(list.Items, 3000);
            return all.Length == 0 ? "" : all[Random.Shared.Next(all.Length)];
        });
        return 0;
    }
}
