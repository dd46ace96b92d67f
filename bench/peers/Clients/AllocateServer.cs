using System.Globalization;
using System.Threading.Channels;
using k8s;
using k8s.Models;

namespace Berth.Bench.Clients;

/// <summary>
/// An allocator that keeps its state in the API server: one PATCH of a pod's annotation, with the version that it must have, for each
/// allocation. A pod has at most one PATCH at a time, so there are no conflicts.
/// </summary>
internal static class AllocateServer
{
    public static async Task<int> RunAsync(string config, string ns, string service, string url)
    {
        using k8s.Kubernetes client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(config));
        V1PodList pods = await client.CoreV1.ListNamespacedPodAsync(ns, labelSelector: $"app={service}");
        Channel<V1Pod> free = Channel.CreateUnbounded<V1Pod>();
        foreach (V1Pod pod in pods.Items)
            free.Writer.TryWrite(pod);
        long allocated = 0;
        await Web.ServeAsync(url, async cancellation =>
        {
            V1Pod pod = await free.Reader.ReadAsync(cancellation);
            try
            {
                string number = Interlocked.Increment(ref allocated).ToString(CultureInfo.InvariantCulture);
                string body = "{\"metadata\":{\"resourceVersion\":\"" + pod.Metadata.ResourceVersion +
                    "\",\"annotations\":{\"example.com/allocated\":\"" + number + "\"}}}";
                pod = await client.CoreV1.PatchNamespacedPodAsync(
                    new V1Patch(body, V1Patch.PatchType.MergePatch), pod.Metadata.Name, ns, cancellationToken: CancellationToken.None);
                return pod.Metadata.Name;
            }
            finally
            {
                free.Writer.TryWrite(pod);
            }
        });
        return 0;
    }
}
