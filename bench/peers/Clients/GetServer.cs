using k8s;
using k8s.Models;

namespace Berth.Bench.Clients;

/// <summary>
/// One request to the API server for every request of a client. It keeps one client for all of them.
/// </summary>
internal static class GetServer
{
    public static async Task<int> RunAsync(string config, string ns, string service, string url)
    {
        using k8s.Kubernetes client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(config));
        await Web.ServeAsync(url, async cancellation =>
        {
            V1EndpointSliceList list = await client.DiscoveryV1.ListNamespacedEndpointSliceAsync(
                ns, labelSelector: Slices.Selector(service), cancellationToken: cancellation);
            string[] all = Slices.Addresses(list.Items, 3000);
            return all.Length == 0 ? "" : all[Random.Shared.Next(all.Length)];
        });
        return 0;
    }
}
