using System.Text.Json.Nodes;
using Berth.Conformance.Api;

namespace Berth.Conformance.Workloads;

/// <summary>
/// Does the work of the StatefulSet and EndpointSlice controllers and of the kubelet, for an API server alone: pods with a status,
/// and slices of at most 100 of them, through the API alone.
/// </summary>
internal sealed class PlayedControllers(KubeApi api, string @namespace)
{
    private const int SliceCapacity = 100;
    private string Pods => $"/api/v1/namespaces/{@namespace}/pods";

    /// <summary>Makes pods and slices as the StatefulSet says now.</summary>
    public async Task ReconcileAsync(Workload workload)
    {
        JsonNode set = await api.GetAsync($"/apis/apps/v1/namespaces/{@namespace}/statefulsets/{workload.Name}");
        int replicas = set["spec"]!["replicas"]!.GetValue<int>();
        int first = set["spec"]!["ordinals"]?["start"]?.GetValue<int>() ?? 0;
        Dictionary<string, JsonNode> present = await ReadPodsAsync(workload);
        for (int ordinal = first; ordinal < first + replicas; ordinal++)
        {
            if (!present.Remove($"{workload.Name}-{ordinal}"))
            {
                await CreatePodAsync(workload, ordinal);
            }
        }

        foreach (string surplus in present.Keys)
        {
            await api.DeleteAsync($"{Pods}/{surplus}?gracePeriodSeconds=0");
        }

        Dictionary<string, JsonNode> pods = await ReadPodsAsync(workload);
        foreach (string service in workload.Services)
        {
            await WriteSlicesAsync(workload, service, pods.Values);
        }
    }

    private async Task<Dictionary<string, JsonNode>> ReadPodsAsync(Workload workload) =>
        (await api.ItemsAsync($"{Pods}?labelSelector=app%3D{workload.Name}")).ToDictionary(
            pod => pod["metadata"]!["name"]!.GetValue<string>(), StringComparer.Ordinal);

    private async Task CreatePodAsync(Workload workload, int ordinal)
    {
        string name = $"{workload.Name}-{ordinal}";
        JsonObject spec = Workload.PodSpec();
        spec["hostname"] = name;
        spec["subdomain"] = workload.Name;
        // Bound at birth: there is no scheduler, and an unbound pod would be deleted at once instead of draining.
        spec["nodeName"] = "node-0";
        await api.CreateAsync(Pods, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["app"] = workload.Name } },
            ["spec"] = spec,
        });
        string address = Slice.Address(ordinal);
        await api.MergeAsync($"{Pods}/{name}/status", new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["phase"] = "Running",
                ["podIP"] = address,
                ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address }),
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
            },
        });
    }

    private async Task WriteSlicesAsync(Workload workload, string service, IEnumerable<JsonNode> pods)
    {
        string collection = Slice.In(@namespace);
        Dictionary<string, JsonNode> surplus = (await api.ItemsAsync($"{collection}?{Slice.Of(service)}")).ToDictionary(
            slice => slice["metadata"]!["name"]!.GetValue<string>(), StringComparer.Ordinal);
        IEnumerable<JsonNode[]> pages = pods.Select(pod => Endpoint(pod, service)).Chunk(SliceCapacity).DefaultIfEmpty([]);
        foreach ((int index, JsonNode[] endpoints) in pages.Index())
        {
            string name = $"{service}-{index}";
            JsonObject slice = Slice.New(name, service, endpoints, "IPv4", [.. workload.Ports]);
            if (surplus.Remove(name))
            {
                await api.ReplaceAsync($"{collection}/{name}", slice);
            }
            else
            {
                await api.CreateAsync(collection, slice);
            }
        }

        foreach (string name in surplus.Keys)
        {
            await api.DeleteAsync($"{collection}/{name}");
        }
    }

    private JsonNode Endpoint(JsonNode pod, string service)
    {
        string name = pod["metadata"]!["name"]!.GetValue<string>();
        return Slice.Endpoint(
            @namespace,
            name,
            pod["status"]!["podIP"]!.GetValue<string>(),
            terminating: pod["metadata"]!["deletionTimestamp"] is not null,
            hostname: pod["spec"]!["subdomain"]!.GetValue<string>() == service ? name : null,
            uid: pod["metadata"]!["uid"]!.GetValue<string>());
    }
}
