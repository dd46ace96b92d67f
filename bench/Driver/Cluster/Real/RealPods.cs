using System.Globalization;

namespace Berth.Bench.Cluster.Real;

/// <summary>A real API server with pods that an allocator can write to. No kubelet runs them.</summary>
internal static class RealPods
{
    public static async Task<ControlPlane> StartAsync(Assets assets, int pods)
    {
        ControlPlane plane = await ControlPlane.StartAsync(assets);
        try
        {
            await plane.GrantAsync(PodApi.Namespace, "", "pods", "\"get\",\"list\",\"patch\"");
            for (int i = 0; i < pods; i++)
                await plane.CreateAsync($"/api/v1/namespaces/{PodApi.Namespace}/pods", Pod(i));
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    private static string Pod(int ordinal) => string.Create(CultureInfo.InvariantCulture, $$$"""
        {"metadata":{"name":"{{{PodApi.Service}}}-{{{ordinal}}}","labels":{"app":"{{{PodApi.Service}}}"}},
         "spec":{"automountServiceAccountToken":false,"nodeName":"node-{{{ordinal % 10}}}","containers":[{"name":"a","image":"none"}]}}
        """);
}
